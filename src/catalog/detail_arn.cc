// "Cluster State Change" names the cluster of {clusterArn, roleArn}. "Job State Change" does not
// name the cluster of {clusterArn, jobId}: it is about a job, of which no ARN is told.
#include "catalog/detail_arn.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "catalog/whereabouts.h"

namespace statewire {
namespace {

using simdjson::dom::element;

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Whether the words of `text` from its begin are `noun`: "Index Job Done" begins with "index-job".
bool begins_with_words(std::string_view text, std::string_view noun) {
  size_t at = 0;
  for (const char c : noun) {
    if (!is_of_word(c)) continue;
    while (at < text.size() && !is_of_word(text[at])) ++at;
    if (at == text.size() || lower_letter(text[at++]) != lower_letter(c)) return false;
  }
  return at != 0 && (at == text.size() || !is_of_word(text[at]));
}

bool has_words(std::string_view text, std::string_view noun) {
  for (size_t at = 0; at < text.size(); ++at) {
    const bool begins = is_of_word(text[at]) && (at == 0 || !is_of_word(text[at - 1]));
    if (begins && begins_with_words(text.substr(at), noun)) return true;
  }
  return false;
}

// "cluster" of "clusterArn" and `suffix` "arn"; nothing where the key does not end so.
std::optional<std::string_view> stem_of(std::string_view key, std::string_view suffix) {
  if (key.size() < suffix.size()) return std::nullopt;
  const size_t end = key.size() - suffix.size();
  if (!std::ranges::equal(key.substr(end), suffix,
                          [](char a, char b) { return lower_letter(a) == b; })) {
    return std::nullopt;
  }
  return key.substr(0, end);
}

// The ARN's own word for its type.
std::string_view noun_of(std::string_view arn) {
  const std::string_view resource = arn_fields(arn).resource;
  const size_t end = resource.find_first_of("/:");
  return end == resource.npos ? std::string_view() : resource.substr(0, end);
}

// The only one of those that were added.
class Only {
 public:
  void add(std::string_view arn) {
    is_one_ = arn_.empty() || (is_one_ && arn == arn_);
    arn_ = arn;
  }
  bool is_none() const { return arn_.empty(); }
  std::optional<std::string_view> get() const {
    return is_one_ ? std::optional(arn_) : std::nullopt;
  }

 private:
  std::string_view arn_;
  bool is_one_ = false;
};

class DetailArns {
 public:
  DetailArns(std::string_view service, std::string_view detail_type)
      : service_(service), detail_type_(detail_type) {}

  // In its fields, and in those of objects in it: further down are settings, and what is only used.
  void look_into(element detail) {
    simdjson::dom::object fields;
    simdjson::dom::object inner;
    if (detail.get_object().get(fields)) return;
    look_at_each(fields);
    for (const auto field : fields) {
      if (!field.value.get_object().get(inner)) look_at_each(inner);
    }
  }
  std::optional<std::string_view> the_one() const {
    if (!named_.is_none()) return named_.get();
    return is_about_another_ ? std::nullopt : all_.get();
  }

 private:
  void look_at_each(simdjson::dom::object fields) {
    std::string_view text;
    for (const auto& [key, value] : fields) {
      if (!value.get_string().get(text)) look_at(key, text);
    }
  }
  void look_at(std::string_view key, std::string_view text) {
    const std::optional<std::string_view> stem = stem_of(key, "arn");
    if (stem && arn_fields(text).service == service_ && !arn_fields(text).resource.empty()) {
      all_.add(text);
      if (has_words(detail_type_, noun_of(text)) || has_words(detail_type_, *stem)) {
        named_.add(text);
      }
      return;
    }
    for (const std::string_view suffix : {"id", "name", "arn"}) {
      const std::optional<std::string_view> other = stem_of(key, suffix);
      if (other && has_words(detail_type_, *other)) is_about_another_ = true;
    }
  }

  std::string_view service_;
  std::string_view detail_type_;
  Only all_;
  Only named_;  // Those that the detail-type names.
  bool is_about_another_ = false;
};

}  // namespace

std::optional<std::string_view> arn_in_detail(const EventView& view) {
  constexpr std::string_view kAws = "aws.";
  if (!view.detail || !view.source.starts_with(kAws)) return std::nullopt;
  DetailArns arns(view.source.substr(kAws.size()), view.detail_type);
  arns.look_into(*view.detail);
  return arns.the_one();
}

}  // namespace statewire

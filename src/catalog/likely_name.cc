// A field is scored by how its stem ("role" of roleName) stands to the noun of the call
// ("RolePolicy"): the same, at its begin, at its end. The words after a preposition
// (RoleToInstanceProfile) are what the rest is done to.
#include "catalog/likely_name.h"

#include <algorithm>
#include <cctype>

#include "base/dom_text.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalog/letters.h"

namespace statewire {
namespace {

using simdjson::dom::element;

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// "thingArn" of an `arn` in `thing`, "thingId" of what is in `thingIdSet.item`.
std::string whole_key(std::string_view key, std::string_view parent) {
  if (parent.ends_with("Set") && parent.size() > 3) parent.remove_suffix(3);
  const std::string small = lower_case(key);
  if (parent.empty() || is_any_of(small, {"items", "item", "content", "member"})) {
    return std::string(parent.empty() ? key : parent);
  }
  if (!is_any_of(small, {"arn", "id", "name", "identifier"})) return std::string(key);
  std::string whole(parent);
  whole += static_cast<char>(std::toupper(static_cast<unsigned char>(key.front())));
  return whole.append(key.substr(1));
}

struct Place {
  std::string path;
  std::string each;
  std::string key;  // Empty at the root.
};

// The parser has a bound of depth.
void gather(element value, const Place& at, std::vector<EventField>& fields) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  std::string_view text;
  if (!value.get_string().get(text) && !text.empty()) {
    fields.push_back({at.path.empty() ? "." : at.path, at.each, at.key, std::string(text)});
  } else if (!value.get_object().get(object)) {
    for (const auto field : object) {
      const std::string inner(field.key);
      // Such keys no path can reach, and so long a path names no resource.
      if (inner.empty() || inner.find_first_of(".{}|\"") != inner.npos) continue;
      if (at.path.size() + inner.size() >= kPlaceBytesMax) continue;
      gather(field.value, {at.path + '.' + inner, at.each, whole_key(inner, at.key)}, fields);
    }
  } else if (at.each.empty() && !value.get_array().get(array) && array.size() > 0) {
    gather(array.at(0), {{}, at.path, at.key}, fields);
  }
}

// Without its end that says "one of many".
std::string singular(std::string_view word) {
  if (word.ends_with("ies")) return std::string(word.substr(0, word.size() - 3)) + 'y';
  if (word.ends_with('s') && !word.ends_with("ss")) word.remove_suffix(1);
  return std::string(word);
}

// "role" of roleName, roleArn, roleIds; nothing where the key does not say that it names something.
struct Stem {
  std::string text;
  bool names = false;
  bool is_name = false;
};

Stem stem_of(std::string_view key) {
  std::string small = lower_case(key);
  for (const std::string_view end : {"identifiers", "ids", "names", "arns"}) {
    if (small.ends_with(end)) small.pop_back();
  }
  for (const std::string_view end : {"identifier", "id", "name", "arn"}) {
    if (!small.ends_with(end)) continue;
    small.resize(small.size() - end.size());
    return {small, true, end == "name"};
  }
  return {small, false, false};
}

// What a call uses, and is not about.
bool is_used(std::string_view key) {
  const std::string small = lower_case(key);
  for (const std::string_view end : {"rolearn", "keyarn", "keyid", "requestid", "token",
                                     "principalid", "ownerid", "requesterid", "accountid"}) {
    if (small.ends_with(end)) return true;
  }
  return false;
}

// Where the words after a preposition begin; 0 where there is none.
size_t after_preposition(std::string_view noun) {
  for (size_t at = 1; at < noun.size(); ++at) {
    for (const std::string_view word : {"To", "From", "Of", "In", "With", "For"}) {
      const size_t next = at + word.size();
      if (noun.substr(at).starts_with(word) && next < noun.size() && is_capital(noun[next])) {
        return next;
      }
    }
  }
  return 0;
}

struct Score {
  int points = 0;  // 0: names nothing.
  std::string noun;
  bool is_part = false;
};

std::string capitalised(std::string word) {
  word.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
  return word;
}

// Of a field whose stem is in the noun.
Score score_within(std::string_view noun, const std::string& stem) {
  const std::string small = lower_case(noun);
  if (stem == small) return {80, std::string(noun), false};
  if (stem == singular(small)) return {80, singular(noun), false};
  const size_t tail = after_preposition(noun);
  if (tail > 0 && small.substr(tail) == stem) return {75, std::string(noun.substr(tail)), true};
  const size_t at = small.rfind(stem);
  if (at == small.npos) return {};
  const size_t end = at + stem.size();
  if (end < noun.size()) {
    return {at == 0 ? 60 : 45, std::string(noun.substr(0, end)), true};
  }
  return {50, std::string(noun), false};
}

Score score_of(const EventField& field, std::string_view noun, bool makes) {
  const bool is_arn = field.text.starts_with("arn:");
  const Stem stem = stem_of(field.key);
  const bool is_of_noun = !noun.empty() && !stem.text.empty() && stem.text.size() > 1;
  Score score = is_of_noun ? score_within(noun, stem.text) : Score{};
  if (score.points == 0 && is_used(field.key)) return {};
  if (!stem.names && score.points < 80 && !is_arn) return {};
  if (lower_case(field.key).ends_with("arn") && !is_arn) return {};
  if (score.points == 0) {
    const bool is_of_itself = stem.text.empty();
    const bool is_answer = field.path.starts_with("detail.responseElements") ||
                           field.each.starts_with("detail.responseElements");
    score = {is_of_itself ? 42 : 20, std::string(noun), false};
    if (is_arn && stem.names) score.points += is_of_itself ? 28 : 20;
    const bool is_other = !is_of_itself && stem.names && !(makes && is_answer);
    if (is_other && !noun.empty()) {
      score.noun = capitalised(field.key.substr(0, stem.text.size()));
      score.is_part = true;
    }
  }
  score.points += is_arn && stem.names ? 3 : stem.is_name ? 1 : 2;
  if (!field.each.empty()) score.points -= noun.ends_with('s') ? 1 : 30;
  return score;
}

}  // namespace

std::vector<EventField> fields_in(element object, std::string_view path,
                                  std::initializer_list<std::string_view> keys) {
  std::vector<EventField> fields;
  for (const std::string_view key : keys) {
    element value;
    if (object[key].get(value)) continue;
    gather(value, {std::string(path) + '.' + std::string(key), {}, {}}, fields);
  }
  return fields;
}

std::vector<EventField> fields_in(element object, std::string_view path) {
  std::vector<EventField> fields;
  gather(object, {std::string(path), {}, {}}, fields);
  return fields;
}

LikelyName likely_name(const std::vector<EventField>& fields, std::string_view noun, bool makes) {
  LikelyName best;
  int points = 0;
  for (const EventField& field : fields) {
    Score score = score_of(field, noun, makes);
    if (score.points <= points) continue;
    points = score.points;
    best = {&field, std::move(score.noun), score.is_part};
  }
  return best;
}

}  // namespace statewire

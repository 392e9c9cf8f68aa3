#include "inventory/trouble.h"

#include "inventory/kept_stacks.h"

namespace statewire {
namespace {

constexpr std::string_view kBetween = "; ";
constexpr std::string_view kMore = "; and others";

bool has(std::string_view trouble, std::string_view words) {
  const auto enclosed = [](std::string_view text) {
    return std::string(kBetween).append(text).append(kBetween);
  };
  return enclosed(trouble).find(enclosed(words)) != std::string::npos;
}

}  // namespace

bool is_unread(std::string_view trouble) { return trouble.ends_with(KeptStacks::not_read().text); }

void add_trouble(std::string_view words, std::string& trouble) {
  if (words.empty() || trouble.ends_with(kMore)) return;
  if (trouble.empty() || is_unread(trouble)) {
    trouble = words;
  } else if (!is_unread(words) && !has(trouble, words)) {
    const bool has_two = trouble.find(kBetween) != trouble.npos;
    trouble.append(has_two ? kMore : kBetween).append(has_two ? std::string_view() : words);
  }
}

void add_trouble(std::string_view what, const Error& error, std::string& trouble) {
  add_trouble(std::string(what) + ": " + error.text, trouble);
}

}  // namespace statewire

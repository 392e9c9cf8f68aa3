// Where the elements of a JSON array begin and end in its text. The parser would tell their values
// and not their places, and takes many times the memory of the text for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace statewire {

// The elements of one array. Only strings, brackets and commas are looked at: what stands between
// the commas may be no JSON.
class ElementTexts {
 public:
  struct Element {
    std::string_view text;
    uint64_t line = 0;
    uint64_t index = 0;
  };

  // `text` begins at the array's '[', on line `line`; more may follow its end. Takes time linear in
  // the array, and a few KiB of memory. REQUIRES: fewer than 4 GiB.
  ElementTexts(std::string_view text, uint64_t line, size_t elements_max);

  // False where the array has no end, or something else than commas between its elements;
  // fault_at() is then where.
  bool is_whole() const { return is_whole_; }
  size_t fault_at() const { return fault_at_; }
  // Has more than `elements_max`, and no more is known of it.
  bool has_too_many() const { return has_too_many_; }
  // Behind its ']'.
  size_t end() const { return end_; }

  // Nothing after the last. REQUIRES: is_whole().
  std::optional<Element> next();
  bool is_at_end() const { return index_ == count_; }

 private:
  void find_ends(size_t elements_max);

  std::string_view text_;
  uint64_t line_;
  size_t count_ = 0;
  std::vector<uint32_t> ends_;  // Of the first ones; those of the others are looked for again.
  bool is_whole_ = false;
  bool has_too_many_ = false;
  size_t fault_at_ = 0;
  size_t end_ = 0;
  size_t index_ = 0;
  size_t at_ = 1;
  size_t lines_counted_to_ = 0;
};

// Where the value ends that begins at `at`, told by its quotes and brackets; text.size() where it
// does not. Linear, without memory.
size_t end_of_json_value(std::string_view text, size_t at);

// The array of `text` where that may hold several events: of `[…` all of it, of `{"Records":[…`
// and `{"Events":[…` from the '['. Empty where it can only be one event.
std::string_view array_of_events(std::string_view text);

// What `object` has under `key`, from there to its end; empty where it has nothing. Linear.
std::string_view value_under(std::string_view object, std::string_view key);
// The same where that is an array.
std::string_view array_under(std::string_view object, std::string_view key);

}  // namespace statewire

// The pattern language once more, for tests: straight from its description, with nothing shared but
// the JSON parser. It tries every choice of values, so events must be small.
#pragma once

#include <simdjson.h>

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace statewire::pattern_test {

using simdjson::dom::element;

// Arrays by number, and the element of each that a value is in.
using Membership = std::map<int, int>;

struct Value {
  std::string path;
  element value;
  Membership membership;
};

struct Wish {
  std::string path;
  simdjson::dom::array tests;
};

inline bool is_wildcard_match(std::string_view wanted, std::string_view text) {
  if (wanted.empty()) return text.empty();
  if (wanted.front() == '*') {
    return is_wildcard_match(wanted.substr(1), text) ||
           (!text.empty() && is_wildcard_match(wanted, text.substr(1)));
  }
  if (wanted.front() == '\\') wanted.remove_prefix(1);
  return !text.empty() && text.front() == wanted.front() &&
         is_wildcard_match(wanted.substr(1), text.substr(1));
}

inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

// Exact for whatever JSON text gives, where this type has 64 bits for it.
using Exact = long double;
static_assert(std::numeric_limits<Exact>::digits >= 64);

inline Exact number_in(element value) {
  if (value.is_int64()) return static_cast<Exact>(int64_t(value));
  if (value.is_uint64()) return static_cast<Exact>(uint64_t(value));
  return double(value);
}

inline bool is_equal(element a, element b) {
  if (a.is_number() && b.is_number()) return number_in(a) == number_in(b);
  return a.type() == b.type() && simdjson::minify(a) == simdjson::minify(b);
}

inline bool is_affix(std::string_view name, std::string_view wanted, std::string_view text) {
  return name == "prefix" ? text.starts_with(wanted) : text.ends_with(wanted);
}

inline bool is_in_range(simdjson::dom::array range, Exact number) {
  for (size_t i = 0; i < range.size(); i += 2) {
    const std::string_view sign = range.at(i);
    const Exact bound = number_in(range.at(i + 1).value());
    const bool holds = sign == "="    ? number == bound
                       : sign == "<"  ? number < bound
                       : sign == "<=" ? number <= bound
                       : sign == ">"  ? number > bound
                                      : number >= bound;
    if (!holds) return false;
  }
  return true;
}

inline bool passes(element test, element value);

inline bool passes_operator(std::string_view name, element argument, element value) {
  if (name == "exists") return bool(argument);
  if (name == "numeric") return value.is_number() && is_in_range(argument, number_in(value));
  if (name == "anything-but") {
    if (argument.is_array()) {
      for (const element each : simdjson::dom::array(argument)) {
        if (is_equal(each, value)) return false;
      }
      return true;
    }
    return !passes(argument, value);
  }
  if (!value.is_string()) return false;
  if (argument.is_array()) {
    for (const element each : simdjson::dom::array(argument)) {
      if (passes_operator(name, each, value)) return true;
    }
    return false;
  }
  const std::string_view text = value;
  if (argument.is_object()) {
    const std::string wanted = ascii_lower(argument["equals-ignore-case"]);
    return is_affix(name, wanted, ascii_lower(text));
  }
  const std::string_view wanted = argument;
  if (name == "wildcard") return is_wildcard_match(wanted, text);
  if (name == "equals-ignore-case") return ascii_lower(wanted) == ascii_lower(text);
  return is_affix(name, wanted, text);
}

inline bool passes(element test, element value) {
  if (!test.is_object()) return is_equal(test, value);
  const auto field = *simdjson::dom::object(test).begin();
  return passes_operator(field.key, field.value, value);
}

inline bool accepts_absent(simdjson::dom::array tests) {
  for (const element test : tests) {
    bool exists = true;
    if (!test["exists"].get(exists) && !exists) return true;
  }
  return false;
}

inline bool agrees(const Membership& a, const Membership& b) {
  for (const auto& [array, index] : a) {
    const auto other = b.find(array);
    if (other != b.end() && other->second != index) return false;
  }
  return true;
}

class Oracle {
 public:
  Oracle(element pattern, element event) {
    flatten_event(event, "", {});
    std::vector<std::vector<Wish>> rules(1);
    flatten_pattern(pattern, "", rules);
    for (const auto& rule : rules) {
      std::vector<std::string> absent;
      if (choose(rule, 0, {}, absent)) matches_ = true;
    }
  }
  bool matches() const { return matches_; }

 private:
  void flatten_event(element value, const std::string& path, const Membership& membership) {
    if (value.is_object()) {
      for (const auto field : simdjson::dom::object(value)) {
        flatten_event(field.value, path + '/' + std::string(field.key), membership);
      }
    } else if (value.is_array()) {
      const int array = arrays_++;
      int index = 0;
      for (const element item : simdjson::dom::array(value)) {
        Membership inside = membership;
        // A plain value does not tie others to its element.
        if (item.is_object() || item.is_array()) inside[array] = index;
        ++index;
        flatten_event(item, path, inside);
      }
    } else {
      values_.push_back({path, value, membership});
    }
  }

  static void flatten_pattern(element object, const std::string& path,
                              std::vector<std::vector<Wish>>& rules) {
    for (const auto field : simdjson::dom::object(object)) {
      const std::string below = path + '/' + std::string(field.key);
      if (field.key == "$or") {
        std::vector<std::vector<Wish>> all;
        for (const element branch : simdjson::dom::array(field.value)) {
          auto copy = rules;
          flatten_pattern(branch, path, copy);
          all.insert(all.end(), copy.begin(), copy.end());
        }
        rules = all;
      } else if (field.value.is_object()) {
        flatten_pattern(field.value, below, rules);
      } else {
        for (auto& rule : rules) rule.push_back({below, field.value});
      }
    }
  }

  bool choose(const std::vector<Wish>& rule, size_t at, const Membership& chosen,
              std::vector<std::string>& absent) {
    if (at == rule.size()) {
      for (const Value& value : values_) {
        for (const std::string& path : absent) {
          if (value.path == path && agrees(value.membership, chosen)) return false;
        }
      }
      return true;
    }
    const Wish& wish = rule[at];
    for (const Value& value : values_) {
      if (value.path != wish.path || !agrees(value.membership, chosen)) continue;
      bool is_met = false;
      for (const element test : wish.tests) {
        const bool is_absence = test.is_object() && accepts_absent_alone(test);
        is_met = is_met || (!is_absence && passes(test, value.value));
      }
      if (!is_met) continue;
      Membership more = chosen;
      more.insert(value.membership.begin(), value.membership.end());
      if (choose(rule, at + 1, more, absent)) return true;
    }
    if (!accepts_absent(wish.tests)) return false;
    absent.push_back(wish.path);
    const bool is_met = choose(rule, at + 1, chosen, absent);
    absent.pop_back();
    return is_met;
  }

  static bool accepts_absent_alone(element test) {
    bool exists = true;
    return !test["exists"].get(exists) && !exists;
  }

  int arrays_ = 0;
  std::vector<Value> values_;
  bool matches_ = false;
};

inline bool oracle_matches(element pattern, element event) {
  return event.is_object() && Oracle(pattern, event).matches();
}

}  // namespace statewire::pattern_test

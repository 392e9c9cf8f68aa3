// Operators whose arguments have a form of their own: ranges, networks, wildcards.
#include <array>
#include <charconv>
#include <utility>

#include "pattern/compiler.h"
#include "pattern/wildcard.h"

namespace statewire::pattern {
namespace {

constexpr std::string_view kNumericAllowed =
    "allowed: [\"=\", n], [\"<\", n], [\"<=\", n], [\">\", n], [\">=\", n], or a lower bound "
    "followed by an upper one, [\">\", 0, \"<=\", 5]";

bool is_comparison(std::string_view text) {
  return text == "=" || text == "<" || text == "<=" || text == ">" || text == ">=";
}

void narrow(std::string_view comparison, const Number& number, Range& range) {
  if (comparison.front() != '<') {
    range.low = number;
    range.low_is_in = comparison != ">";
  }
  if (comparison.front() != '>') {
    range.high = number;
    range.high_is_in = comparison != "<";
  }
}

bool is_within(const Number& number, const PatternLimits& limits) {
  return number >= -Number(limits.numeric_bound) && number <= Number(limits.numeric_bound);
}

// Digits behind the point, as short as the number can be written.
size_t decimals_of(simdjson::dom::element value) {
  if (!value.is_double()) return 0;
  char text[400];
  const auto end = std::to_chars(text, text + sizeof text, value.get_double().value_unsafe(),
                                 std::chars_format::fixed)
                       .ptr;
  const std::string_view digits(text, static_cast<size_t>(end - text));
  const size_t point = digits.find('.');
  return point == digits.npos ? 0 : digits.size() - point - 1;
}

// Of the "*" in a wildcard, the most that one character follows; and which.
std::pair<size_t, char> alike_stars(const std::vector<std::string>& pieces) {
  std::array<size_t, 256> count{};
  std::pair<size_t, char> most{0, '\0'};
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].empty()) continue;
    const char next = pieces[i].front();
    const size_t now = ++count[static_cast<unsigned char>(next)];
    if (now > most.first) most = {now, next};
  }
  return most;
}

std::string shown(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return std::string(text, end);
}

std::string_view network_fault(std::string_view text, Network& network) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return "has no \"/\" with the number of bits after it";
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return "does not begin with an IPv4 or IPv6 address";
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return "does not end with a number of bits";
  }
  if (bits >= address_bits(*address)) {
    return address->is_v6 ? "has too many bits: 127 at most; one address is written as a string"
                          : "has too many bits: 31 at most; one address is written as a string";
  }
  network = {masked(*address, bits), static_cast<uint8_t>(bits)};
  return {};
}

}  // namespace

Number number_of(simdjson::dom::element value) {
  if (value.is_int64()) return value.get_int64().value_unsafe();
  if (value.is_uint64()) return value.get_uint64().value_unsafe();
  return value.get_double().value_unsafe();
}

Range compile_numeric(const JsonNode& node, const WrittenPath& path, Compilation& compilation) {
  Range range;
  Complaints& complaints = compilation.complaints;
  const std::vector<JsonNode>& items = node.children;
  if (!node.value.is_array() || (items.size() != 2 && items.size() != 4)) {
    complaints.refuse(node.offset, path,
                      "wanted an array of a comparison and a number, or of two such pairs; " +
                          std::string(kNumericAllowed));
    return range;
  }
  bool is_good = true;
  for (size_t i = 0; i < items.size(); i += 2) {
    const JsonNode& comparison = items[i];
    const JsonNode& number = items[i + 1];
    std::string_view sign;
    const bool is_sign = !comparison.value.get_string().get(sign) && is_comparison(sign);
    const auto refuse = [&](const JsonNode& what, size_t item, std::string text) {
      complaints.refuse(what.offset, path.item(item), std::move(text));
      is_good = false;
    };
    // Of two pairs, the lower bound stands first.
    if (!is_sign || (items.size() == 4 && sign.front() != (i == 0 ? '>' : '<'))) {
      refuse(comparison, i,
             "found " + std::string(simdjson::minify(comparison.value)) + "; " +
                 std::string(kNumericAllowed));
    }
    if (!number.value.is_number()) {
      refuse(number, i + 1, "found " + std::string(kind_of(number.value)) + ", wanted a number");
    } else if (!is_within(number_of(number.value), compilation.limits)) {
      const std::string bound = shown(compilation.limits.numeric_bound);
      refuse(number, i + 1,
             "found " + std::string(simdjson::minify(number.value)) + ", wanted a number from -" +
                 bound + " to " + bound);
    }
    if (number.value.is_number() && decimals_of(number.value) > compilation.limits.decimals_max) {
      refuse(number, i + 1,
             "found " + std::string(simdjson::minify(number.value)) + ", wanted at most " +
                 std::to_string(compilation.limits.decimals_max) + " digits behind the point");
    }
    if (is_good) narrow(sign, number_of(number.value), range);
  }
  if (is_good && items.size() == 4 && range.low >= range.high) {
    complaints.refuse(node.offset, path,
                      "the lower bound must be below the upper; for one number, write [\"=\", n]");
  }
  return range;
}

Network compile_cidr(const JsonNode& node, const WrittenPath& path, Compilation& compilation) {
  Network network;
  std::string_view text;
  if (node.value.get_string().get(text)) {
    compilation.complaints.refuse(
        node.offset, path,
        "found " + std::string(kind_of(node.value)) + ", wanted a string such as \"10.0.0.0/24\"");
    return network;
  }
  const std::string_view fault = network_fault(text, network);
  if (!fault.empty()) {
    compilation.complaints.refuse(
        node.offset, path,
        quoted(text) + " " + std::string(fault) + "; wanted \"10.0.0.0/24\" or \"2001:db8::/32\"");
  }
  return network;
}

std::string compile_wildcard(const JsonNode& node, const WrittenPath& path,
                             Compilation& compilation) {
  std::string_view text;
  if (node.value.get_string().get(text)) {
    compilation.complaints.refuse(
        node.offset, path, "found " + std::string(kind_of(node.value)) + ", wanted a string");
    return {};
  }
  const WildcardFault fault = check_wildcard(text);
  if (!fault.text.empty()) {
    compilation.complaints.refuse(node.offset, path,
                                  quoted(text) + " " + std::string(fault.text) + " at character " +
                                      std::to_string(fault.character));
    return {};
  }
  const auto pieces = split_wildcard(text);
  const size_t before = compilation.wildcards;
  const size_t limit = compilation.limits.wildcards_max;
  compilation.wildcards += pieces.size() - 1;
  if (compilation.wildcards > limit && before <= limit) {
    compilation.complaints.refuse(
        node.offset, path,
        "this pattern has more than " + std::to_string(limit) + " \"*\", which is the limit");
  }
  if (const auto [count, next] = alike_stars(pieces); count > compilation.limits.alike_stars_max) {
    compilation.complaints.refuse(
        node.offset, path,
        quoted(text) + " has " + std::to_string(count) + " \"*\" that " +
            quoted(std::string_view(&next, 1)) +
            " follows, which is too complex: write out what is known, or match a longer prefix");
  }
  return std::string(text);
}

}  // namespace statewire::pattern

// What tells an element of a list from the others. All functions are pure; any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace statewire {

struct ElementName {
  std::string text;      // "22/tcp", "all traffic", "team"; empty where it has no name.
  std::string_view key;  // The field that it stands in; empty where it is made of ports.
  bool is_of_ports = false;

  bool is_empty() const { return text.empty(); }
  // Whether a field says nothing but this name.
  bool is_made_of(std::string_view field) const;
};

// The fields of rules of networks (ipProtocol, fromPort, toPort) come first, then the usual ones
// (key, name, id, cidrIp).
ElementName name_of_element(simdjson::dom::element element);

// The same for a sentence: "all ports" for "all traffic". A changed rule of a security group is
// named by its ports too.
std::string name_for_people(simdjson::dom::element element);

}  // namespace statewire

#include "catalog/element_name.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/render.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kNames[] = {
    "key",           "Key",       "name",       "Name",          "id",          "Id",
    "cidrIp",        "cidrIpv6",  "CidrIp",     "CidrIpv6",      "userId",      "group",
    "parameterName", "indexName", "deviceName", "containerName", "networkAclId"};

std::string text_at(const object& fields, std::string_view key) {
  element value;
  Digits digits;
  if (fields.at_key(key).get(value)) return {};
  return std::string(scalar_text(value, digits).value_or(""));
}

constexpr std::string_view kAllTraffic = "all traffic";

// The fields that ports stand in.
struct PortFields {
  std::string_view protocol = "ipProtocol";
  std::string_view from = "fromPort";
  std::string_view to = "toPort";
};

// "22/tcp", "8000-8080/udp", "all tcp ports", "all traffic", "icmp"
std::string ports_in(const object& fields, const PortFields& names = {}) {
  const std::string protocol = text_at(fields, names.protocol);
  if (protocol.empty()) return {};
  if (protocol == "-1") return std::string(kAllTraffic);
  const std::string from = text_at(fields, names.from);
  const std::string to = text_at(fields, names.to);
  if (from.empty() || from == "-1") return protocol;
  if (from == "0" && to == "65535") return "all " + protocol + " ports";
  return (from == to ? from : from + "-" + to) + "/" + protocol;
}

// Of ModifySecurityGroupRules: {SecurityGroupRuleId: …, SecurityGroupRule: {IpProtocol: tcp, …}}
std::string ports_of_changed_rule(element changed) {
  object rule;
  if (changed["SecurityGroupRule"].get_object().get(rule)) return {};
  return ports_in(rule, {.protocol = "IpProtocol", .from = "FromPort", .to = "ToPort"});
}

}  // namespace

bool ElementName::is_made_of(std::string_view field) const {
  if (is_of_ports) return field == "ipProtocol" || field == "fromPort" || field == "toPort";
  return !text.empty() && field == key;
}

ElementName name_of_element(element element) {
  object fields;
  if (element.get_object().get(fields)) return {};
  ElementName name{.text = ports_in(fields)};
  name.is_of_ports = !name.text.empty();
  for (const std::string_view key : kNames) {
    if (!name.text.empty()) break;
    name.text = text_at(fields, key);
    name.key = key;
  }
  name.text.resize(cut_utf8(name.text, kChangeBytesMax).size());
  return name;
}

std::string name_for_people(element element) {
  std::string name = ports_of_changed_rule(element);
  if (name.empty()) name = name_of_element(element).text;
  name.resize(cut_utf8(name, kChangeBytesMax).size());
  return name == kAllTraffic ? "all ports" : name;
}

}  // namespace statewire

#include "ingest/inventory_events.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "model/arn.h"

namespace statewire {
namespace {

// "aws.ec2" for AWS::EC2::Instance, and for an ARN of ec2.
std::string source_of(const InventoryEvent& event) {
  const std::string_view of_type = service_in_type(event.resource_type);
  return "aws." + lower_case(of_type.empty() ? arn_fields(event.id).service : of_type);
}

void write_items(const DeclaredGroup& group, JsonWriter& json) {
  json.begin_array("declared");
  each_item(group, [&](const DeclaredItem& item) {
    json.begin_object();
    json.text("address", item.address);
    if (item.is_part) json.boolean("part", true);
    json.known_text("file", item.file);
    if (!item.line.empty()) {
      uint64_t line = 0;
      std::from_chars(item.line.data(), item.line.data() + item.line.size(), line);
      json.number("line", line);
    }
    json.end_object();
    return true;
  });
  json.end_array();
}

}  // namespace

void append_inventory_event(const InventoryEvent& event, std::string& out) {
  const EventId id{hash128("inventory", {event.word, format_time(event.time), event.resource_type,
                                         event.id, event.resource_id, event.group})};
  JsonWriter json(out);
  json.begin_object();
  json.word("version", "0");
  json.hex("id", id.bytes);
  json.text("source", kInventoryEventSource);
  json.word("detail-type", "Inventory");
  json.text("account", event.account);
  json.text("region", event.region);
  json.time("time", event.time);
  json.begin_object("detail");
  json.text("source", source_of(event));
  json.known_text("resource-type", event.resource_type);
  json.known_text("physical-id", event.id);
  json.known_text("resource-id", event.resource_id);
  json.text("word", event.word);
  each_group(event.group, [&](const DeclaredGroup& group) {
    json.text("inventory", group.inventory);
    json.text("tool", group.tool);
    json.known_text("stack", group.stack);
    json.known_text("via", group.via);
    write_items(group, json);
    return false;
  });
  json.end_object();
  json.end_object();
  json.end_line();
}

}  // namespace statewire

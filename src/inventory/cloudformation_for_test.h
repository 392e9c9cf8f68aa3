// For tests: stacks as CloudFormation's API tells them.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

inline std::string xml_of_stack(std::string_view id, std::string_view name, std::string_view status,
                                std::string_view updated = "") {
  std::string xml = "<member><StackId>" + std::string(id) + "</StackId><StackName>" +
                    std::string(name) + "</StackName><StackStatus>" + std::string(status) +
                    "</StackStatus><CreationTime>2026-11-01T08:00:00Z</CreationTime>";
  if (!updated.empty()) xml += "<LastUpdatedTime>" + std::string(updated) + "</LastUpdatedTime>";
  return xml + "</member>";
}

inline std::string xml_of_member(std::string_view logical_id, std::string_view type,
                                 std::string_view physical_id,
                                 std::string_view status = "CREATE_COMPLETE") {
  std::string xml = "<member><LogicalResourceId>" + std::string(logical_id) +
                    "</LogicalResourceId><ResourceType>" + std::string(type) +
                    "</ResourceType><ResourceStatus>" + std::string(status) +
                    "</ResourceStatus><LastUpdatedTimestamp>2026-11-01T08:00:09.250Z"
                    "</LastUpdatedTimestamp>";
  if (!physical_id.empty()) {
    xml += "<PhysicalResourceId>" + std::string(physical_id) + "</PhysicalResourceId>";
  }
  return xml + "</member>";
}

// The answer to an action: what stands within its result.
inline std::string xml_answer(std::string_view action, std::string_view result) {
  const std::string name(action);
  return "<" + name + "Response xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><" +
         name + "Result>" + std::string(result) + "</" + name + "Result></" + name + "Response>";
}

inline std::string xml_list(std::string_view name, std::string_view members,
                            std::string_view next = "") {
  std::string xml =
      "<" + std::string(name) + ">" + std::string(members) + "</" + std::string(name) + ">";
  return next.empty() ? xml : xml + "<NextToken>" + std::string(next) + "</NextToken>";
}

}  // namespace statewire

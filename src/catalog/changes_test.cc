#include "catalog/changes.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace statewire {
namespace {

class ChangesTest : public testing::Test {
 protected:
  // "path=value, path=value"
  std::string changes_of(const std::string& parameters) {
    simdjson::dom::element element;
    EXPECT_FALSE(parser_.parse(parameters).get(element)) << parameters;
    return text_of(read_changes(element, arena_, scratch_));
  }
  std::string without_names(const std::string& parameters, const Identity& resource) {
    simdjson::dom::element element;
    EXPECT_FALSE(parser_.parse(parameters).get(element)) << parameters;
    return text_of(
        without_names_of(resource, read_changes(element, arena_, scratch_), arena_, scratch_));
  }

 private:
  static std::string text_of(std::span<const Change> changes) {
    std::string text;
    for (const Change& change : changes) {
      text.append(text.empty() ? "" : ", ").append(change.path).append("=").append(change.to);
    }
    return text;
  }

  simdjson::dom::parser parser_;
  Arena arena_;
  ChangesScratch scratch_;
};

TEST_F(ChangesTest, leaves_have_their_path) {
  EXPECT_EQ(changes_of(R"({"a":{"b":1,"c":null},"d":true,"e":"x"})"), "a.b=1, d=true, e=x");
}

TEST_F(ChangesTest, a_rule_of_a_network_is_named_by_its_ports) {
  EXPECT_EQ(changes_of(R"({"ipPermissions":{"items":[
      {"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"},
       {"cidrIp":"10.0.0.0/8","description":"office"}]}},
      {"ipProtocol":"-1","ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}},
      {"ipProtocol":"udp","fromPort":0,"toPort":65535,"groups":{}},
      {"ipProtocol":"tcp","fromPort":1,"toPort":9,"prefixListIds":[{"prefixListId":"pl-1"}]},
      {"ipProtocol":"icmp","fromPort":-1,"toPort":-1}]}})"),
            "ipPermissions[22/tcp].ipRanges=0.0.0.0/0, "
            "ipPermissions[22/tcp].ipRanges[10.0.0.0/8].description=office, "
            "ipPermissions[all traffic].ipv6Ranges=::/0, ipPermissions=all udp ports, "
            "ipPermissions[1-9/tcp].prefixListIds.prefixListId=pl-1, ipPermissions=icmp");
}

TEST_F(ChangesTest, an_element_is_named_by_its_key_or_name) {
  EXPECT_EQ(changes_of(R"({"attributes":[{"key":"a.b","value":"1"},{"key":"c","value":"2"}]})"),
            "attributes[a.b].value=1, attributes[c].value=2");
  EXPECT_EQ(changes_of(R"({"parameters":[{"name":"max","value":1,"applyMethod":"now"}]})"),
            "parameters[max].value=1, parameters[max].applyMethod=now");
}

TEST_F(ChangesTest, what_has_no_name_has_its_number_if_it_is_not_alone) {
  EXPECT_EQ(changes_of(R"({"a":[{"x":1,"y":2},{"x":3}],"b":[{"x":1}]})"),
            "a[0].x=1, a[0].y=2, a[1].x=3, b.x=1");
}

TEST_F(ChangesTest, plain_values_of_a_list_share_its_path) {
  EXPECT_EQ(changes_of(R"({"groups":["sg-1","sg-2"],"sizes":[[1,2],[3]]})"),
            "groups=sg-1, groups=sg-2, sizes=1, sizes=2, sizes=3");
}

TEST_F(ChangesTest, a_wrapped_value_stands_for_itself) {
  EXPECT_EQ(changes_of(R"({"disableApiTermination":{"value":false},"t":{"value":1,"unit":"s"}})"),
            "disableApiTermination=false, t.value=1, t.unit=s");
}

TEST_F(ChangesTest, how_the_call_was_made_is_no_change) {
  EXPECT_EQ(changes_of(R"({"clientToken":"u","Host":"h","V":{"xmlns":"http://","Status":"on"}})"),
            "V.Status=on");
}

TEST_F(ChangesTest, what_only_names_the_resource_is_left_out) {
  EXPECT_EQ(without_names(R"({"groupId":"sg-1","other":"sg-2","r":{"GroupId":"sg-1","x":"sg-1"}})",
                          {.id = "arn:aws:ec2:eu-west-1:1:security-group/sg-1"}),
            "other=sg-2, r.x=sg-1");
  EXPECT_EQ(without_names(R"({"bucketName":"invoices","versioning":"","V":{"Status":"on"}})",
                          {.id = "arn:aws:s3:::invoices", .service = "s3"}),
            "V.Status=on");
  EXPECT_EQ(without_names(R"({"name":"web","id":"b-1","text":"eb"})", {.id = "web", .name = "web"}),
            "id=b-1, text=eb");
  EXPECT_EQ(without_names(R"({"description":""})", {.id = "arn:1", .service = "ec2"}),
            "description=");
}

TEST_F(ChangesTest, they_are_bounded) {
  std::string many = "{\"x\":[0";
  for (int i = 0; i < 100; ++i) many += "," + std::to_string(i);
  const std::string text = without_names(many + "]}", {.id = "x"});
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(text, '=')), kChangesMax);
  const std::string key(kChangeBytesMax * 2, 'k');
  EXPECT_EQ(changes_of("{\"" + key + "\":[{\"name\":\"" + key + "\",\"y\":1}]}").size(),
            kChangeBytesMax + 2);
}

}  // namespace
}  // namespace statewire

// Every notification that is ever rendered satisfies the published schema, and the schema refuses
// what is broken.
#include <gtest/gtest.h>

// As in json_schema.cc: the library has one form in a program.
#define VALIJSON_USE_EXCEPTIONS 1

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "format/example_notification.h"
#include "format/format.h"
#include "format/random_notification.h"

namespace statewire {
namespace {

namespace json = boost::json;
using valijson::adapters::BoostJsonAdapter;

class Schema {
 public:
  explicit Schema(const std::string& version = "1.1") {
    std::ifstream file(SOURCE_DIR "/schema/notification/" + version + ".json");
    std::stringstream text;
    text << file.rdbuf();
    const json::value document = json::parse(text.str());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(BoostJsonAdapter(document), schema_);
  }

  // Empty where `value` is valid.
  std::string problems(const json::value& value) {
    valijson::ValidationResults results;
    if (validator_.validate(schema_, BoostJsonAdapter(value), &results)) return {};
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const std::string& step : error.context) text += step;
      text += ": " + error.description + "\n";
    }
    return text.empty() ? "invalid" : text;
  }
  bool accepts(const json::value& value) { return problems(value).empty(); }

 private:
  valijson::Schema schema_;
  valijson::Validator validator_;
};

json::value rendered(const Notification& notification) {
  std::string out;
  append_json(notification, out);
  return json::parse(out);
}

// One of each kind, with every field that it can have.
std::vector<json::value> one_of_each_kind() {
  static constexpr Change kChanges[] = {{"versioning", "Suspended", "Enabled"}};
  std::vector<json::value> result;
  for (const NotificationKind kind :
       {NotificationKind::transition, NotificationKind::changed, NotificationKind::amended,
        NotificationKind::failed, NotificationKind::stuck, NotificationKind::flapping}) {
    Notification n = example_notification();
    n.kind = kind;
    n.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    n.resource.zone = n.cause.via = n.cause.session = n.cause.role = n.cause.address = "x";
    n.is_late = true;
    n.changes = kChanges;
    if (kind == NotificationKind::stuck) {
      n.headline = "has been provisioning for 14 min";
      n.expectation = {.phase = Phase::provisioning, .since = n.time, .seen = 30};
    }
    if (kind == NotificationKind::flapping) n.headline = "is flapping";
    if (kind == NotificationKind::amended) {
      n.amends.bytes.fill(1);
      n.has_late_observation = true;
      n.late_value = "pending";
      n.late_time = n.time;
    }
    result.push_back(rendered(n));
  }
  return result;
}

// Calls visit(value) for `root` and all that is in it; `visit` may change what it is given for as
// long as it is called.
template <typename Visit>
void for_each_value(json::value& value, const Visit& visit) {
  visit(value);
  if (json::object* object = value.if_object()) {
    for (auto& member : *object) for_each_value(member.value(), visit);
  }
  if (json::array* array = value.if_array()) {
    for (json::value& item : *array) for_each_value(item, visit);
  }
}

TEST(Schema, accepts_what_is_made_for_a_subscription) {
  Schema schema;
  Notification n = example_notification();
  n.kind = NotificationKind::retracted;
  EXPECT_NE(schema.problems(rendered(n)), "");
  n.amends = n.id;
  EXPECT_EQ(schema.problems(rendered(n)), "");
  n = {.kind = NotificationKind::receipt, .instance = "prod", .source = "subscriptions"};
  n.resource.id = "urn:statewire:subscription:people";
  n.time = *parse_time("2026-11-23T09:00:00Z");
  n.receipt = "30 EC2 instance gone";
  EXPECT_EQ(schema.problems(rendered(n)), "") << "one that says that there is a limit";
  n.receipt_count = 30;
  EXPECT_EQ(schema.problems(rendered(n)), "");
}

TEST(Schema, accepts_one_of_each_kind) {
  Schema schema;
  for (const json::value& value : one_of_each_kind()) EXPECT_EQ(schema.problems(value), "");
}

TEST(Schema, accepts_whatever_is_rendered) {
  Schema schema;
  constexpr uint32_t kSeed = 5;
  RandomNotifications random(kSeed);
  for (int i = 0; i < 600; ++i) {
    const json::value value = rendered(random.next());
    ASSERT_EQ(schema.problems(value), "") << "seed " << kSeed << " round " << i;
  }
}

TEST(Schema, of_the_version_that_a_notification_names_accepts_it) {
  Schema first("1.0");
  Schema second("1.1");
  RandomNotifications random(6);
  for (int i = 0; i < 300; ++i) {
    const json::value value = rendered(random.next());
    const bool is_first = value.at("dataschema").as_string() == "urn:statewire:notification:1.0";
    EXPECT_EQ((is_first ? first : second).problems(value), "");
    EXPECT_EQ(first.accepts(value), is_first);
  }
  json::value wrong = rendered(example_notification());
  wrong.as_object()["dataschema"] = "urn:statewire:notification:1.2";
  EXPECT_FALSE(second.accepts(wrong));
}

TEST(Schema, refuses_null_anywhere) {
  Schema schema;
  for (json::value& root : one_of_each_kind()) {
    for_each_value(root, [&](json::value& value) {
      const json::value before = std::exchange(value, nullptr);
      EXPECT_FALSE(schema.accepts(root)) << before;
      value = before;
    });
  }
}

TEST(Schema, refuses_what_it_does_not_know_at_every_level) {
  Schema schema;
  for (json::value& root : one_of_each_kind()) {
    for_each_value(root, [&](json::value& value) {
      json::object* object = value.if_object();
      if (object == nullptr || object->contains("team")) return;  // Tags have any name.
      (*object)["extra"] = "x";
      EXPECT_FALSE(schema.accepts(root)) << value;
      object->erase("extra");
    });
  }
}

TEST(Schema, refuses_what_lacks_a_required_field) {
  constexpr std::string_view kRequired[] = {"/specversion",
                                            "/id",
                                            "/source",
                                            "/type",
                                            "/subject",
                                            "/partitionkey",
                                            "/time",
                                            "/datacontenttype",
                                            "/dataschema",
                                            "/severitynumber",
                                            "/severitytext",
                                            "/data",
                                            "/data/origin",
                                            "/data/origin/system",
                                            "/data/origin/source",
                                            "/data/origin/type",
                                            "/data/resource",
                                            "/data/resource/id",
                                            "/data/resource/type",
                                            "/data/state",
                                            "/data/state/phase",
                                            "/data/state/settled",
                                            "/data/revision",
                                            "/data/cause",
                                            "/data/cause/kind",
                                            "/data/cause/confidence",
                                            "/data/cause/evidence",
                                            "/data/drift",
                                            "/data/flags",
                                            "/data/message"};
  Schema schema;
  for (const json::value& whole : one_of_each_kind()) {
    for (const std::string_view pointer : kRequired) {
      json::value broken = whole;
      const size_t slash = pointer.rfind('/');
      json::value& parent = slash == 0 ? broken : broken.at_pointer(pointer.substr(0, slash));
      ASSERT_EQ(parent.as_object().erase(pointer.substr(slash + 1)), 1u) << pointer;
      EXPECT_FALSE(schema.accepts(broken)) << pointer;
    }
  }
}

TEST(Schema, refuses_values_that_no_notification_has) {
  struct Broken {
    std::string_view pointer;
    json::value value;
  };
  const Broken kBroken[] = {
      {"/data/state/phase", "running"},
      {"/data/state/settled", false},
      {"/data/cause/kind", "magic"},
      {"/data/cause/confidence", "sure"},
      {"/data/cause/evidence", json::array{}},
      {"/data/flags", json::array{"odd"}},
      {"/data/flags", json::array{"late", "late"}},
      {"/data/drift", "much"},
      {"/data/revision", -1},
      {"/data/message", json::string(1025, 'x')},
      {"/data/message", "two\nlines"},
      {"/id", "5F"},
      {"/sequence", "42"},
      {"/time", "2026-11-23 09:00:12"},
      {"/type", "statewire.resource.lost.v1"},
      {"/source", "prod"},
      {"/subject", ""},
      {"/severitynumber", 25},
      {"/data/changes", json::array{}},
  };
  Schema schema;
  for (const json::value& whole : one_of_each_kind()) {
    for (const Broken& broken : kBroken) {
      json::value value = whole;
      value.at_pointer(broken.pointer) = broken.value;
      EXPECT_FALSE(schema.accepts(value)) << broken.pointer;
    }
  }
}

TEST(Schema, refuses_what_belongs_to_another_kind) {
  Schema schema;
  const std::vector<json::value> kinds = one_of_each_kind();
  const json::value& transition = kinds[0];
  const json::value& amended = kinds[2];
  for (size_t i = 0; i < kinds.size(); ++i) {
    json::value amending = kinds[i];
    amending.as_object()["causationid"] = amended.at("causationid");
    EXPECT_EQ(schema.accepts(amending), i == 2) << i;
    json::value late = kinds[i];
    late.at("data").as_object()["late_observation"] = amended.at_pointer("/data/late_observation");
    EXPECT_EQ(schema.accepts(late), i == 2) << i;
  }
  json::value unlinked = amended;
  unlinked.as_object().erase("causationid");
  EXPECT_FALSE(schema.accepts(unlinked));
  json::value without_value = transition;
  without_value.at_pointer("/data/state").as_object().erase("value");
  EXPECT_FALSE(schema.accepts(without_value));
}

}  // namespace
}  // namespace statewire

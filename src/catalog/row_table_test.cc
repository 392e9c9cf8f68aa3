// Rows of calls: what they find, what they say, and who wins over them.
#include "catalog/row_table.h"

#include <gtest/gtest.h>

#include <thread>

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

constexpr const char* kRows = R"(
service: [things.amazonaws.com, old-things.amazonaws.com]
types:
  AWS::Things::Box: {id: "arn:{partition}:things:{region}:{account}:box/{}", name: "{}"}
  AWS::Things::Lid:
    id: "arn:{partition}:things:{region}:{account}:box/{}"
    shape: "arn:{partition}:things:{region}:{account}:box/{}/lid/{}"
calls:
  CreateBox: {does: create, of: AWS::Things::Box, after: 60s, from: cfn,
              id: responseElements.boxArn | requestParameters.boxName,
              tags: {each: requestParameters.tags}}
  StartBox: {does: create, of: AWS::Things::Box, id: requestParameters.boxName, after: 60s,
             state: responseElements.box.status, from: verb}
  EndBox: {does: delete, of: AWS::Things::Box, id: requestParameters.boxName,
           state: responseElements.box.status, from: verb}
  DeleteBox: {does: delete, of: AWS::Things::Box, id: requestParameters.boxName, from: cfn}
  DeleteBoxes: {does: delete, of: AWS::Things::Box, id: ., each: requestParameters.names, from: cfn}
  PutLid: {does: configure, of: AWS::Things::Lid, from: verb, sure: low,
           id: "{requestParameters.boxName}/lid/{requestParameters.lid}"}
  TagResource: {does: tag, of: "*", id: requestParameters.resourceArn, from: tag,
                tags: {map: requestParameters.tags}}
  OpenBox: {does: ignore, from: verb}
  PauseBox: {does: state, phase: stopped, of: AWS::Things::Box, id: requestParameters.boxName,
             from: verb}
  HaltBox: {does: state, phase: stopped, of: AWS::Things::Box, id: requestParameters.boxName,
            after: 60s, state: responseElements.box.status, from: verb}
  WakeBox: {does: state, phase: stable, of: AWS::Things::Box, id: requestParameters.boxName,
            after: 60s, state: responseElements.box.status, from: verb}
)";

std::string call_of_things(const std::string& name, const std::string& request,
                           const std::string& response = "null",
                           const std::string& source = "things.amazonaws.com") {
  return R"({"eventVersion":"1.08","eventSource":")" + source + R"(","eventName":")" + name +
         R"(","awsRegion":"eu-west-1","recipientAccountId":"123456789012","eventTime":)" +
         R"("2026-01-01T00:00:00Z","requestParameters":)" + request + R"(,"responseElements":)" +
         response + "}";
}

constexpr const char* kBox = "arn:aws:things:eu-west-1:123456789012:box/a";

TEST(RowTable, row_tells_what_a_call_did) {
  const Recognised made(
      kRows, call_of_things("CreateBox", R"({"boxName":"a","tags":[{"key":"k","value":"v"}]})"));
  EXPECT_EQ(made.only().resource.id, kBox);
  EXPECT_EQ(made.only().resource.type, "AWS::Things::Box");
  EXPECT_EQ(made.only().resource.name, "a");
  EXPECT_EQ(made.only().phase, Phase::provisioning);
  EXPECT_EQ(made.only().settles_after, std::chrono::seconds(60));
  ASSERT_EQ(made.only().tags.size(), 1u);
  EXPECT_EQ(made->entry_place, "test.yaml:9");
  EXPECT_EQ(made->entry_name, "CreateBox");
  const Recognised ended(kRows, call_of_things("DeleteBox", R"({"boxName":"a"})"));
  EXPECT_EQ(ended.only().phase, Phase::gone);
}

TEST(RowTable, call_that_stops_moves_the_phase_but_where_an_event_tells_of_the_type) {
  const std::string call = call_of_things("PauseBox", R"({"boxName":"a"})");
  const Recognised stopped(kRows, call);
  EXPECT_EQ(stopped.only().effect, Effect::state);
  EXPECT_EQ(stopped.only().phase, Phase::stopped);
  EXPECT_EQ(stopped.only().value, "PauseBox");
  const Recognised caused(std::string(kRows) + R"(
---
- name: box state
  when: {source: [aws.things], detail-type: [Box State Change]}
  resource: {type: AWS::Things::Box, physical_id: "{detail.box}"}
  state: "{detail.state}"
  phases: {open: stable}
)",
                          call);
  EXPECT_EQ(caused.only().effect, Effect::cause);
  const PhaseSet toward = phase_bit(Phase::changing) | phase_bit(Phase::stopped);
  EXPECT_EQ(caused.only().toward, toward);
}

TEST(RowTable, arn_of_the_answer_beats_the_name_that_was_asked_for) {
  const Recognised made(
      kRows, call_of_things("CreateBox", R"({"boxName":"a"})",
                            R"({"boxArn":"arn:aws:things:eu-west-1:123456789012:box/b"})"));
  EXPECT_EQ(made.only().resource.id, "arn:aws:things:eu-west-1:123456789012:box/b");
}

constexpr const char* kNamedByLess = R"(
service: things.amazonaws.com
types:
  AWS::Things::App: {arn: none, name: "{}", reusable: true}
  AWS::Things::Grant: {arn: none}
calls:
  RegisterApp: {does: create, of: AWS::Things::App, from: cfn,
                id: responseElements.app.arn | requestParameters.appId}
  DeregisterApp: {does: delete, of: AWS::Things::App, id: requestParameters.appId, from: cfn}
  CreateGrant: {does: create, of: AWS::Things::Grant, from: cfn,
                id: "responseElements.grantArn | {requestParameters.boxName}|{requestParameters.principalArn}"}
)";

TEST(RowTable, arn_that_a_call_tells_is_the_id_and_what_others_tell_is_its_alias) {
  const std::string arn = "arn:aws:things:eu-west-1:123456789012:HANA/prod";
  const std::string bare = "urn:aws:123456789012:eu-west-1:AWS::Things::App:prod";
  const Recognised made(kNamedByLess, call_of_things("RegisterApp", R"({"appId":"prod"})",
                                                     R"({"app":{"arn":")" + arn + R"("}})"));
  EXPECT_EQ(made.only().resource.id, arn);
  EXPECT_EQ(made.only().resource.name, "prod");
  ASSERT_EQ(made.only().aliases.size(), 1u);
  EXPECT_EQ(made.only().aliases[0], bare);
  const Recognised ended(kNamedByLess, call_of_things("DeregisterApp", R"({"appId":"prod"})"));
  EXPECT_EQ(ended.only().resource.id, bare);
  EXPECT_EQ(ended.only().resource.name, "prod");
  // Where the answer says nothing, the call is known by what was asked for, and that is no alias.
  const Recognised asked(kNamedByLess, call_of_things("RegisterApp", R"({"appId":"prod"})"));
  EXPECT_EQ(asked.only().resource.id, bare);
  EXPECT_TRUE(asked.only().aliases.empty());
  // A bare id that ends with an ARN is none.
  const Recognised granted(
      kNamedByLess,
      call_of_things("CreateGrant", R"({"boxName":"b1","principalArn":"arn:aws:iam::1:role/r"})",
                     R"({"grantArn":"arn:aws:things:eu-west-1:123456789012:grant/g"})"));
  EXPECT_EQ(granted.only().resource.id, "arn:aws:things:eu-west-1:123456789012:grant/g");
  ASSERT_EQ(granted.only().aliases.size(), 1u);
  EXPECT_EQ(granted.only().aliases[0],
            "urn:aws:123456789012:eu-west-1:AWS::Things::Grant:b1|arn:aws:iam::1:role/r");
}

TEST(RowTable, state_in_the_answer_beats_the_name_of_the_call) {
  const std::string words =
      "\n---\nwords: {active: stable, creating: provisioning, deleting: deprovisioning, "
      "halting: changing, halted: stopped, starting: provisioning}";
  struct Case {
    const char* call;
    const char* status;
    Phase phase;
    const char* value;
    bool settles;
  };
  constexpr Case kCases[] = {
      {"StartBox", "ACTIVE", Phase::stable, "ACTIVE", false},
      {"StartBox", "CREATING", Phase::provisioning, "CREATING", true},
      {"StartBox", "DELETING", Phase::provisioning, "StartBox", true},
      {"StartBox", "odd", Phase::provisioning, "StartBox", true},
      // As it was before; and a way that the row knows no time of.
      {"EndBox", "ACTIVE", Phase::gone, "EndBox", false},
      {"EndBox", "DELETING", Phase::deprovisioning, "DELETING", true},
      // What is being made is not there, whatever is done to it.
      {"StartBox", "HALTING", Phase::provisioning, "HALTING", true},
      // What stops is on its way until the answer says otherwise.
      {"HaltBox", "odd", Phase::changing, "HaltBox", true},
      {"HaltBox", "ACTIVE", Phase::changing, "HaltBox", true},
      {"HaltBox", "HALTING", Phase::changing, "HALTING", true},
      {"HaltBox", "HALTED", Phase::stopped, "HALTED", false},
      {"WakeBox", "HALTED", Phase::provisioning, "WakeBox", true},
      {"WakeBox", "STARTING", Phase::provisioning, "STARTING", true},
      {"WakeBox", "ACTIVE", Phase::stable, "ACTIVE", false},
      {"PauseBox", "HALTING", Phase::stopped, "PauseBox", false},
  };
  for (const Case& each : kCases) {
    const Recognised told(
        kRows + words, call_of_things(each.call, R"({"boxName":"a"})",
                                      R"({"box":{"status":")" + std::string(each.status) + "\"}}"));
    EXPECT_EQ(told.only().phase, each.phase) << each.call << each.status;
    EXPECT_EQ(told.only().value, each.value) << each.call << each.status;
    EXPECT_EQ(told.only().settles_after > Duration(), each.settles) << each.call << each.status;
  }
}

TEST(RowTable, id_of_several_parts_is_put_together) {
  const Recognised lid(kRows, call_of_things("PutLid", R"({"boxName":"a","lid":"b"})"));
  EXPECT_EQ(lid.only().resource.id, std::string(kBox) + "/lid/b");
  EXPECT_EQ(lid.only().effect, Effect::configure);
}

TEST(RowTable, fields_and_arns_are_found_as_apis_write_them) {
  const Recognised large(kRows, call_of_things("DeleteBox", R"({"BoxName":"a"})"));
  EXPECT_EQ(large.only().resource.id, kBox);
  const Recognised encoded(
      kRows,
      call_of_things("DeleteBox", R"({"boxName":)"
                                  R"("arn%3Aaws%3Athings%3Aeu-west-1%3A123456789012%3Abox%2Fa"})"));
  EXPECT_EQ(encoded.only().resource.id, kBox);
}

// Two APIs of one source may have calls of one name.
TEST(RowTable, row_that_names_nothing_leaves_the_call_to_the_next) {
  const std::string other =
      "\n---\nservice: things.amazonaws.com\ncalls:\n  DeleteBox: {does: delete, of: "
      "AWS::ThingsV2::Box, id: requestParameters.boxId}";
  const Recognised second(kRows + other, call_of_things("DeleteBox", R"({"boxId":"b"})"));
  EXPECT_EQ(second.only().resource.type, "AWS::ThingsV2::Box");
  const Recognised first(kRows + other, call_of_things("DeleteBox", R"({"boxName":"a"})"));
  EXPECT_EQ(first.only().resource.type, "AWS::Things::Box");
  const Recognised none(kRows + other, call_of_things("DeleteBox", "{}"));
  EXPECT_EQ(none->fate, Fate::incomplete);
}

TEST(RowTable, call_on_many_is_told_of_each) {
  const Recognised ended(kRows, call_of_things("DeleteBoxes", R"({"names":["a","b"]})"));
  ASSERT_EQ(ended.all().size(), 2u);
  EXPECT_EQ(ended.all()[0].resource.id, kBox);
}

TEST(RowTable, type_of_a_tagged_resource_is_that_of_its_arn) {
  const auto type_of = [](const std::string& arn) {
    const Recognised tagged(kRows, call_of_things("TagResource", R"({"resourceArn":")" + arn +
                                                                     R"(","tags":{"k":"v"}})"));
    return std::string(tagged.only().resource.type);
  };
  EXPECT_EQ(type_of(kBox), "AWS::Things::Box");
  EXPECT_EQ(type_of(std::string(kBox) + "/lid/b"), "AWS::Things::Lid");
}

TEST(RowTable, version_that_ends_a_name_is_left_out) {
  for (const char* name : {"DeleteBox20150331", "DeleteBox20150331v2", "DeleteBox2020_05_31"}) {
    const Recognised ended(kRows, call_of_things(name, R"({"boxName":"a"})"));
    EXPECT_EQ(ended.only().phase, Phase::gone) << name;
  }
  EXPECT_EQ(without_version("CreateFunction20150331v2"), "CreateFunction");
  for (const char* name : {"DeleteV2", "ListBucketsV2", "UpdateHubV2", "20150331", "", "Sha256"}) {
    EXPECT_EQ(without_version(name), name);
  }
}

TEST(RowTable, every_source_of_a_table_has_its_rows) {
  const Recognised old(
      kRows, call_of_things("DeleteBox", R"({"boxName":"a"})", "null", "old-things.amazonaws.com"));
  EXPECT_EQ(old->fate, Fate::recognised);
  const Recognised other(
      kRows, call_of_things("DeleteBox", R"({"boxName":"a"})", "null", "x.amazonaws.com"));
  EXPECT_EQ(other->fate, Fate::unrecognised);
}

TEST(RowTable, ignored_call_and_one_that_names_nothing_have_their_fates) {
  EXPECT_EQ(Recognised(kRows, call_of_things("OpenBox", "{}"))->fate, Fate::ignored);
  const Recognised nameless(kRows, call_of_things("DeleteBox", "{}"));
  EXPECT_EQ(nameless->fate, Fate::incomplete);
  EXPECT_FALSE(nameless->reason.empty());
}

// The phases that native events of a type tell, and what is left to a call that makes one.
TEST(RowTable, call_leaves_to_native_events_what_they_tell) {
  const auto lowered = [](EntryEffect effect, PhaseSet told) {
    CallTable table{.file = "f", .sources = {"s"}};
    CallRow row{.name = "X",
                .effect = effect,
                .type = "T",
                .ids = "requestParameters.x",
                .settles_after = std::chrono::minutes(1)};
    return lower_row(table, row, told);
  };
  const EntrySpec both = lowered(EntryEffect::create, phase_bit(Phase::provisioning));
  EXPECT_EQ(both.effect, EntryEffect::cause);
  const EntrySpec end = lowered(EntryEffect::create, phase_bit(Phase::stable));
  EXPECT_EQ(end.effect, EntryEffect::create);
  EXPECT_TRUE(end.settles_natively);
  const EntrySpec gone = lowered(EntryEffect::remove, phase_bit(Phase::gone));
  EXPECT_TRUE(gone.settles_natively);
  const EntrySpec neither = lowered(EntryEffect::remove, phase_bit(Phase::degraded));
  EXPECT_EQ(neither.settles_after, std::chrono::minutes(1));
  EXPECT_FALSE(neither.settles_natively);
}

TEST(RowTable, ways_to_an_id_are_templates_of_the_record) {
  EXPECT_EQ(split_ids("responseElements.a.b | {account} | {requestParameters.x}/y/{.z}"),
            (std::vector<std::string>{"{detail.responseElements.a.b}", "{account}",
                                      "{detail.requestParameters.x}/y/{.z}"}));
  EXPECT_TRUE(split_ids("").empty());
}

TEST(RowTable, arn_is_of_a_shape_where_every_part_is_there) {
  constexpr std::string_view kShape = "arn:{partition}:a:{region}::x/{}/y/{}";
  EXPECT_EQ(open_bytes("arn:aws:a:::x/1/y/2", kShape), 5u);
  for (const char* arn : {"arn:aws:a:::x/1", "arn:aws:a:::x/1/y/", "arn:aws:b:::x/1/y/2",
                          "arn:aws:a:::x/1/2/y/3", "", "arn:aws:a:r:1:x/1/y/2"}) {
    EXPECT_EQ(open_bytes(arn, kShape), std::nullopt) << arn;
  }
  EXPECT_EQ(open_bytes("arn:aws:a:::x", "arn:{partition}:a:::x"), 3u);
}

TEST(RowTable, what_is_wrong_with_a_row_is_a_problem) {
  const auto expect_problem = [](const std::string& row, const std::string& text) {
    const std::string problems = problems_of("service: a.b\ncalls:\n  X: " + row);
    EXPECT_NE(problems.find(text), std::string::npos) << row << "\n" << problems;
  };
  expect_problem("{does: make, of: T}", "create");
  expect_problem("{does: create}", "missing key \"of\"");
  expect_problem("{does: create, of: T, id: a..b}", "between dots");
  expect_problem("{does: create, of: T, id: a, sure: very}", "high");
  expect_problem("{does: create, of: T, id: a, afer: 5s}", "did you mean \"after\"");
  EXPECT_EQ(
      problems_of("service: a.b\ncalls:\n  X: {does: delete, of: T, id: requestParameters.x}"), "");
}

TEST(RowTable, threads_that_ask_at_once_get_one_entry) {
  const Catalog catalog = catalog_of(kRows);
  const CompiledCatalog& compiled = catalog.compiled();
  const auto row = compiled.rows->find("things.amazonaws.com", "CreateBox");
  ASSERT_TRUE(row);
  std::array<const CompiledEntry*, 4> entries{};
  {
    std::vector<std::jthread> threads;
    for (const CompiledEntry*& entry : entries) {
      threads.emplace_back([&] { entry = compiled.rows->entry(*row, compiled); });
    }
  }
  for (const CompiledEntry* entry : entries) EXPECT_EQ(entry, entries.front());
}

}  // namespace
}  // namespace statewire

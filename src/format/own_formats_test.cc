// Templates, shapes and schemas: what an organisation makes of a notification.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/limits.h"
#include "base/text.h"
#include "format/example_notification.h"
#include "format/formats_for_test.h"
#include "format/json_schema.h"
#include "format/random_notification.h"

namespace statewire {
namespace {

// A folder with a configuration and the files that it names.
class Folder {
 public:
  Folder() : path_(testing::TempDir() + "own_formats_" + std::to_string(::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
  }
  std::string config() const { return (path_ / "statewire.yaml").string(); }
  // Problems, without the folder before the names of files.
  std::string problems(const Problems& problems) const {
    std::string text = problems.to_text();
    const std::string folder = path_.string() + "/";
    for (size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }

 private:
  const std::filesystem::path path_;
};

TEST(Templates, show_fields_sections_and_lists) {
  const ReadFormats read(R"(
formats:
  note/v1:
    template: |
      {{resource.name}} is {{state.value}}{{#cause.actor}} by {{.}}{{/cause.actor}}{{! who }}
      {{#state.settled}}settled{{/state.settled}}{{^state.settled}}moving{{/state.settled}}
      {{^cause.via}}directly{{/cause.via}}
      {{#resource.tags}}{{key}}={{value}}{{#more}}, {{/more}}{{/resource.tags}}
      {{#changes}}{{path}}: {{from}} to {{to}}{{#more}}; {{/more}}{{/changes}}
)");
  EXPECT_EQ(read.problems.to_text(), "");
  Notification n = example_notification();
  const Change changes[] = {{"size", "1", "2"}, {"class", "", "big"}};
  n.changes = changes;
  EXPECT_EQ(read.render("note/v1", n),
            "web-1 is running by alice\nsettled\ndirectly\nName=web-1, team=shop\n"
            "size: 1 to 2; class:  to big");
  n.phase = Phase::changing;
  EXPECT_NE(read.render("note/v1", n).find("\nmoving\n"), std::string::npos);
  EXPECT_EQ(read.formats.find("note/v1")->content_type(), "text/plain; charset=utf-8");
}

TEST(Templates, escape_for_what_the_message_is) {
  const ReadFormats read(R"(
formats:
  text: &no {columns: [time]}
)");
  EXPECT_NE(read.problems.to_text().find("a built-in format has this name"), std::string::npos);
  const ReadFormats good(R"yaml(
formats:
  plain: {template: "{{resource.name}}"}
  json: {columns: [time]}
  page/v1: {template: "<b>{{resource.name}}</b>{{{resource.name}}}", content_type: text/html}
  object/v1: {template: '{"name": "{{resource.name}}"}', content_type: application/json}
  raw/v1: {template: '"{{&cause.actor}}"', content_type: application/json, escape: none}
  odd/v1: {template: "{{resource.name}}", content_type: text/x-odd, escape: html}
)yaml");
  Notification n = example_notification();
  n.name = "a \"<b>\" & 'c' \\ \n";
  EXPECT_EQ(good.render("plain", n), "a \"<b>\" & 'c' \\  ");
  EXPECT_EQ(good.render("page/v1", n),
            "<b>a &quot;&lt;b&gt;&quot; &amp; &#39;c&#39; \\  </b>a \"<b>\" & 'c' \\  ");
  EXPECT_EQ(good.render("object/v1", n), R"({"name": "a \"<b>\" & 'c' \\  "})");
  EXPECT_EQ(good.render("raw/v1", n), "\"alice\"");
  EXPECT_EQ(good.render("odd/v1", n), "a &quot;&lt;b&gt;&quot; &amp; &#39;c&#39; \\  ");
}

TEST(Templates, what_should_be_json_and_is_not_is_no_message) {
  const ReadFormats read(R"yaml(
formats:
  raw/v1: {template: '{"a": "{{{resource.name}}}"}', content_type: application/json}
)yaml");
  EXPECT_EQ(read.problems.to_text(), "");
  Notification n = example_notification();
  n.name = "say \"hi\"";
  EXPECT_NE(read.refusal("raw/v1", n).find("not JSON: line 1, column 13"), std::string::npos)
      << read.refusal("raw/v1", n);
}

TEST(Templates, of_json_are_one_line) {
  const ReadFormats read(
      "formats: {o/v1: {content_type: application/json, template: \"{\\n\\\"a\\\":\\n1\\n}\\n\"}}");
  EXPECT_EQ(read.render("o/v1", example_notification()), "{ \"a\": 1 }");
}

TEST(Templates, mistakes_have_line_and_column) {
  const Folder folder;
  folder.write("ticket.mustache", "{\n \"é\": \"{{resource.nam}}\",\n {{#flags}} {{/changes}}\n");
  folder.write("open.mustache", "{{#cause.actor}}\n  {{state.value\n");
  folder.write("odd.mustache",
               "{{=<% %>=}}{{>other}}{{ }}{{state.settled}}{{changes}}{{key}}{{.}}");
  folder.write("left.mustache", "a\n{{#flags}}{{/flags}}{{/flags}}\n{{#cause.actor}}");
  const ReadFormats read(R"(formats:
  ticket/v1: {template_file: ticket.mustache}
  open/v1: {template_file: open.mustache}
  odd/v1: {template_file: odd.mustache}
  left/v1: {template_file: left.mustache}
  none/v1: {template_file: none.mustache}
  inline/v1: {template: "{{resource.x}}"}
)",
                         folder.config());
  EXPECT_EQ(folder.problems(read.problems),
            R"(ticket.mustache:2:8: resource.nam: no such field; did you mean "resource.name"?
ticket.mustache:3:13: closes changes where flags is to be closed first
open.mustache:2:3: a tag that is not closed with }}
odd.mustache:1:1: delimiters cannot be changed here
odd.mustache:1:12: there are no partials here
odd.mustache:1:22: a tag without a name
odd.mustache:1:27: state.settled is a condition: {{#state.settled}}…{{/state.settled}}
odd.mustache:1:44: changes is a list: {{#changes}}…{{/changes}}
odd.mustache:1:55: key: no such field
odd.mustache:1:62: {{.}} stands in a section
left.mustache:2:21: closes a section that is not open: flags
left.mustache:3:1: a section that is not closed with {{/cause.actor}}
statewire.yaml:6:28: formats.none/v1.template_file: cannot be read: No such file or directory
statewire.yaml:7:25: formats.inline/v1.template: line 1, column 1: resource.x: no such field; did you mean "resource.id"?
14 errors
)");
}

TEST(Templates, show_texts_whole) {
  const ReadFormats read(
      "formats: {n/v1: {template: \"{{cause.evidence}}{{#changes}}{{to}}{{/changes}}\"}}");
  const std::string large(kFactCharactersMax + 1, 'x');
  const Change change{.path = "a", .from = {}, .to = large};
  Notification n = example_notification();
  n.cause.evidence = large;
  n.changes = {&change, 1};
  EXPECT_EQ(read.render("n/v1", n), large + large);
}

TEST(Templates, many_threads_render_one) {
  const ReadFormats read("formats: {n/v1: {template: \"{{resource.id}} {{state.value}}\"}}");
  const Notification n = example_notification();
  const std::string wanted = read.render("n/v1", n);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) ASSERT_EQ(read.render("n/v1", n), wanted);
    });
  }
}

TEST(Templates, whatever_is_told_is_valid_json_where_it_should_be) {
  const ReadFormats read(R"yaml(
formats:
  all/v1:
    content_type: application/json
    template: '{"a":"{{message}}","b":[{{#resource.tags}}"{{key}}={{value}}"{{#more}},{{/more}}{{/resource.tags}}],"c":"{{resource.id}}"}'
)yaml");
  EXPECT_EQ(read.problems.to_text(), "");
  RandomNotifications random(7);
  for (int i = 0; i < 500; ++i) {
    const std::string message = read.render("all/v1", random.next());
    ASSERT_TRUE(check_json(message).ok()) << message;
    ASSERT_TRUE(is_utf8(message));
  }
}

TEST(Shapes, put_fields_under_keys_of_ones_own) {
  const ReadFormats read(R"(
formats:
  org/v1:
    shape:
      kind: =change
      id: resource.id
      state: {now: state.value, settled: state.settled, before: {value: state.previous.value}}
      severity: severitynumber
      flags: flags
      why: cause.evidence
      tags: resource.tags
      team: resource.tags.team
      none: resource.tags.none
      zone: resource.zone
      changes: changes
)");
  EXPECT_EQ(read.problems.to_text(), "");
  Notification n = example_notification();
  const Change changes[] = {{"size", "1", "2"}, {"say \"hi\"", "", "x"}};
  n.changes = changes;
  n.is_late = n.is_future = true;
  EXPECT_EQ(
      read.render("org/v1", n),
      R"({"kind":"change","id":"arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001",)"
      R"("state":{"now":"running","settled":true,"before":{"value":"pending"}},"severity":9,)"
      R"("flags":["late","future"],"why":["3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00"],)"
      R"("tags":{"Name":"web-1","team":"shop"},"team":"shop",)"
      R"("changes":[{"path":"size","from":"1","to":"2"},{"path":"say \"hi\"","to":"x"}]})");
  n = Notification{.kind = NotificationKind::changed};
  EXPECT_EQ(read.render("org/v1", n), R"({"kind":"change","state":{"settled":false,"before":{}},)"
                                      R"("severity":9,"flags":[],"why":[]})");
}

// As the built-in JSON does it: first changes, then tags; and it says so.
TEST(Shapes, have_a_bound_and_say_what_they_left_out) {
  std::string yaml =
      "formats:\n  org/v1:\n    shape: {id: resource.id, flags: flags, changes: "
      "changes, tags: resource.tags, name: resource.name}\n  many/v1:\n    shape:\n";
  for (int i = 0; i < 2000; ++i) yaml += "      k" + std::to_string(i) + ": resource.name\n";
  const ReadFormats read(yaml);
  EXPECT_EQ(read.problems.to_text(), "");
  const std::string text(1000, 'x');
  const std::vector<Tag> tags(60, {"key", text});
  const std::vector<Change> changes(20, {text, text, text});
  Notification n = example_notification();
  n.tags = std::span(tags).first(3);
  n.changes = changes;
  EXPECT_TRUE(has(read.render("org/v1", n), R"("flags":[],"changes":[{)"));
  n.tags = tags;
  std::string message = read.render("org/v1", n);
  EXPECT_TRUE(has(message, R"("flags":["truncated"],"tags":{)")) << message.substr(0, 300);
  EXPECT_FALSE(has(message, "changes"));
  const std::string long_text(2000, 'y');
  const std::vector<Tag> large(50, {long_text, text});
  n.tags = large;
  message = read.render("org/v1", n);
  EXPECT_TRUE(has(message, R"("flags":["truncated"],"name":"web-1"})")) << message.substr(0, 300);
  n.name = long_text;
  EXPECT_EQ(read.refusal("many/v1", n), "the message is longer than 65,536 bytes");
}

TEST(Shapes, mistakes_are_told_where_they_stand) {
  const ReadFormats read(R"(formats:
  a/v1: {shape: {id: resource.ident, deep: {er: phase}}}
  b/v1: {shape: {}}
  c/v1: {shape: resource.id}
  d/v1: {shape: {a: time}, columns: [time]}
  e/v1: {shape: {a: time}, header: true}
)");
  const std::string text = read.problems.to_text();
  for (const char* line :
       {"2:22: formats.a/v1.shape.id: no such field", "2:49: formats.a/v1.shape.deep.er: no such",
        "3:17: formats.b/v1.shape: a shape has at least one key",
        "4:17: formats.c/v1.shape: expected a map, found",
        "a format is one of columns, shape, template and template_file",
        "formats.e/v1.header: unknown key"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST(Shapes, whatever_is_told_is_valid_json) {
  const ReadFormats read(
      "formats: {s/v1: {shape: {a: message, b: resource.tags, c: changes, d: flags, e: "
      "cause.actor, "
      "f: revision, g: cause.evidence}}}");
  RandomNotifications random(11);
  for (int i = 0; i < 500; ++i) {
    const std::string message = read.render("s/v1", random.next());
    ASSERT_TRUE(check_json(message).ok()) << message;
  }
}

constexpr std::string_view kSchema = R"({
  "type": "object",
  "required": ["id", "team"],
  "properties": {"team": {"type": "string", "pattern": "^[a-z]+$"}, "n": {"maximum": 12}}
})";

TEST(Schemas, refuse_a_message_that_breaks_them) {
  const Folder folder;
  folder.write("ticket.schema.json", kSchema);
  const ReadFormats read(R"(
formats:
  ticket:
    shape: {id: resource.id, team: resource.tags.team, n: severitynumber}
    schema_file: ticket.schema.json
  text/v1:
    template: '{"id": "{{resource.id}}", "team": "{{resource.tags.team}}"}'
    schema_file: ticket.schema.json
)",
                         folder.config());
  EXPECT_EQ(folder.problems(read.problems), "");
  Notification n = example_notification();
  EXPECT_EQ(read.render("ticket", n).substr(0, 6), R"({"id":)");
  n.severity = 17;
  const std::string reason = read.refusal("ticket", n);
  EXPECT_NE(reason.find("breaks its schema"), std::string::npos) << reason;
  EXPECT_NE(reason.find("/n: "), std::string::npos) << reason;
  n = example_notification();
  n.tags = {};
  EXPECT_NE(read.refusal("ticket", n).find("team"), std::string::npos);
  EXPECT_NE(read.refusal("text/v1", n).find("/team: "), std::string::npos);
  const std::string long_team(5000, 'a');
  const Tag tags[] = {{"team", long_team}};
  n.tags = tags;
  EXPECT_NE(read.refusal("ticket", n).find("4,096"), std::string::npos);
}

TEST(Schemas, that_are_broken_are_told_with_line_and_column) {
  const Folder folder;
  folder.write("a.json", "{\n  \"type\": \"object\",\n}\n");
  folder.write("b.json", "{\"type\": \"objekt\"}");
  folder.write("c.json", "{\"$ref\": \"http://127.0.0.1:1/other.json\"}");
  folder.write("d.json", "{} x");
  folder.write("e.json", "[]");
  folder.write("good.json", "{}");
  std::string yaml = "formats:\n";
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    yaml += std::string("  ") + name + "/v1: {shape: {a: time}, schema_file: " + name + ".json}\n";
  }
  yaml += "  f/v1: {columns: [time], schema_file: good.json}\n";
  const ReadFormats read(yaml, folder.config());
  const std::string text = folder.problems(read.problems);
  for (const char* line :
       {"a.json:3:1: not JSON", "b.json:1:1: not a schema of draft 7", "c.json:1:1: not a schema",
        "d.json:1:4: more text after the JSON value", "e.json:1:1: a schema is an object",
        "formats.f/v1.schema_file: only messages in JSON have a schema"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
  EXPECT_EQ(read.problems.errors(), 6u) << text;
}

TEST(Schemas, that_the_example_breaks_are_a_warning) {
  const Folder folder;
  folder.write("s.json", R"({"required": ["never"]})");
  const ReadFormats read("formats: {a/v1: {shape: {a: time}, schema_file: s.json}}",
                         folder.config());
  EXPECT_TRUE(read.problems.ok());
  EXPECT_EQ(read.problems.sorted().size(), 1u);
  EXPECT_NE(read.problems.to_text().find("of the example notification: the message breaks"),
            std::string::npos)
      << read.problems.to_text();
}

}  // namespace
}  // namespace statewire

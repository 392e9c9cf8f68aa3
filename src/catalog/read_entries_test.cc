#include "catalog/read_entries.h"
#include "catalog/check_folders.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catalog/check_folders.h"
#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

// An entry that is right, but for what `rest` adds.
std::string entry(const std::string& rest) {
  return "- name: x\n  call: a.b C\n  resource: {type: T, id: \"{detail.x}\"}\n" + rest;
}

void expect_problem(const std::string& yaml, const std::string& text) {
  const std::string problems = problems_of(yaml);
  EXPECT_NE(problems.find(text), std::string::npos) << yaml << "\n" << problems;
}

TEST(ReadEntries, right_entry_has_no_problem) {
  EXPECT_EQ(problems_of(entry("  effect: create\n")), "");
  EXPECT_EQ(problems_of(entry("  effect: delete\n  settles: {after: 1h30m}\n")), "");
  EXPECT_EQ(problems_of(entry("  effect: create\n  settles: call\n")), "");
  EXPECT_EQ(problems_of(""), "");
  EXPECT_EQ(problems_of("types: {T: {id: \"t:{}\"}}"), "");
}

TEST(ReadEntries, problem_says_where_it_is) {
  EXPECT_EQ(problems_of(entry("  efect: create\n  effect: create\n")),
            "test.yaml:4:3: [0].efect: unknown key; did you mean \"effect\"?\n1 error\n");
}

TEST(ReadEntries, what_is_wrong_is_a_problem) {
  expect_problem("- name: x\n  effect: ignore\n", "missing key \"when\" or \"call\"");
  expect_problem("- name: x\n  call: a C\n  when: {a: [1]}\n  effect: ignore\n",
                 "either when or call");
  expect_problem("- name: x\n  call: onlyone\n  effect: ignore\n", "an event source and");
  expect_problem("- call: a C\n  effect: ignore\n", "missing key \"name\"");
  expect_problem("- name: x\n  call: a C\n  effect: create\n", "missing key \"resource\"");
  expect_problem("- name: x\n  when: {a: 1}\n  effect: ignore\n", "[0].when.a");
  expect_problem("- name: x\n  when: [a]\n  effect: ignore\n", "expected a pattern");
  expect_problem("- text\n", "expected a map");
  expect_problem(entry(""), "missing key \"effect\"");
  expect_problem(entry("  effect: destroy\n"), "expected state, create, delete");
  expect_problem(entry("  effect: create\n  settles: {after: soon}\n"),
                 "test.yaml:5:20: [0].settles.after: expected a duration such as 500ms, 90s, 10m");
  expect_problem(entry("  effect: create\n  settles: {after: 500ms}\n"), "at least 1s");
  expect_problem(entry("  effect: create\n  settles: {after: 31d}\n"), "at most 30d");
  expect_problem(entry("  effect: create\n  settles: {}\n"), "missing key \"after\"");
  expect_problem(entry("  effect: create\n  settles: {afer: 5m}\n"), "did you mean \"after\"?");
  expect_problem(entry("  effect: create\n  settles: 5m\n"),
                 "test.yaml:5:12: [0].settles: expected call, native, or a time as in {after: 5m}");
  expect_problem(entry("  effect: create\n  settles: [native]\n"), "expected call, native, or");
  expect_problem(entry("  effect: configure\n  settles: {after: 5m}\n"),
                 "only with effect: create");
  expect_problem(entry("  effect: cause\n  settles: native\n"), "only with effect: create");
  expect_problem(entry("  effect: create\n  state: x\n"), "only with effect: state");
  expect_problem(entry("  state: \"{call}\"\n"), "missing key \"phases\"");
  expect_problem(entry("  state: x\n  phases: {a: asleep}\n"), "expected unknown, provisioning");
  expect_problem(entry("  effect: cause\n  toward: [nowhere]\n"), "[0].toward[0]");
  expect_problem(entry("  effect: cause\n  cause: fate\n"), "[0].cause");
  expect_problem(entry("  effect: cause\n  cause: {actor: a}\n"), "missing key \"kind\"");
  expect_problem(entry("  effect: cause\n  severity: loud\n"), "[0].severity");
  expect_problem(entry("  effect: fail\n"), "is for when");
  expect_problem(entry("  effect: create\n  alias: \"{.x}\"\n"), "needs each");
  expect_problem(entry("  effect: create\n  alias: \"{x\"\n"), "a { without its }");
  expect_problem(entry("  effect: create\n  version: a..b\n"), "empty key");
}

TEST(ReadEntries, wrong_resource_is_a_problem) {
  const auto with = [](const std::string& resource) {
    return "- name: x\n  call: a.b C\n  effect: create\n  resource: {" + resource + "}\n";
  };
  expect_problem(with("id: a"), "missing key \"type\"");
  expect_problem(with("type: T"), "missing key \"id\" or \"physical_id\"");
  expect_problem(with("type: T, id: a, physical_id: b"), "either id or physical_id");
  expect_problem(with("type: T, id: []"), "the list is empty");
  expect_problem(with("type: {of: a, table: {}}, id: a"), "the table is empty");
  expect_problem(with("type: {of: a}, id: a"), "missing key \"table\"");
  expect_problem(with("type: T, id: a, tags: {key: k}"), "missing key \"each\" or \"map\"");
  expect_problem(with("type: T, id: a, tags: {each: e, map: m}"), "either each or map");
  expect_problem(with("type: T, id: a, tags: {map: m}, tags_removed: r"), "either tags or");
  expect_problem("types: {T: {id: \"no slot\"}}", "{}, which stands for the physical id");
}

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "catalog_test_XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string compiled(const std::string& yaml) {
  Problems problems;
  CatalogSpec spec;
  const auto document = Document::parse("built-in.yaml", yaml, problems);
  read_catalog_file(document->root(), spec);
  return encode(spec);
}

TEST(CatalogFolders, entries_of_a_users_folder_come_first) {
  const Folder folder;
  folder.write("b/own.yaml", "- {name: mine, call: a.b C, effect: ignore}\n");
  folder.write("a.yaml", "types: {T: {id: \"mine:{}\"}}\n");
  folder.write("notes.txt", "no catalog");
  Problems problems;
  const std::string folders[] = {folder.path()};
  const auto catalog =
      Catalog::with_folders(compiled("entries:\n- {name: built in, call: a.b C, effect: ignore}\n"
                                     "types: {T: {id: \"theirs:{}\"}}\n"),
                            folders, problems);
  ASSERT_TRUE(catalog.ok()) << problems.to_text();
  ASSERT_EQ(catalog->size(), 2u);
  EXPECT_EQ(catalog->rows()[0].name, "mine");
  EXPECT_EQ(catalog->rows()[0].place, folder.path() + "/b/own.yaml:1");
  EXPECT_EQ(catalog->rows()[0].match, "a.b C");
  EXPECT_EQ(catalog->rows()[1].place, "built-in.yaml:2");
  EXPECT_EQ(catalog->compiled().rule_of_type("T")->id.text, "mine:{}");
}

TEST(CatalogFolders, all_problems_of_all_files_are_told) {
  const Folder folder;
  folder.write("a.yaml", "- {name: x}\n");
  folder.write("b.yaml", "- {name: x, call: a.b C, effect: ignore}\n- 7\n");
  Problems problems;
  const std::string folders[] = {folder.path(), folder.path() + "/absent"};
  EXPECT_FALSE(Catalog::with_folders(compiled(""), folders, problems).ok());
  const std::string text = problems.to_text();
  EXPECT_NE(text.find("a.yaml:1:3"), std::string::npos) << text;
  EXPECT_NE(text.find("b.yaml:2:3"), std::string::npos) << text;
  EXPECT_NE(text.find("absent"), std::string::npos) << text;
}

TEST(CatalogFolders, type_in_two_files_is_a_problem) {
  const Folder folder;
  folder.write("a.yaml", "types: {T: {id: \"a:{}\"}}\n");
  folder.write("b.yaml", "types: {T: {id: \"b:{}\"}}\n");
  Problems problems;
  const std::string folders[] = {folder.path()};
  EXPECT_FALSE(Catalog::with_folders(compiled(""), folders, problems).ok());
}

TEST(CatalogFolders, type_in_two_folders_is_a_problem_that_names_both_places) {
  const Folder one;
  const Folder two;
  one.write("a.yaml", "types: {T: {id: \"a:{}\"}}\n");
  two.write("b.yaml", "types: {T: {id: \"b:{}\"}}\n");
  Problems problems;
  const std::string folders[] = {one.path(), two.path()};
  EXPECT_FALSE(Catalog::with_folders(compiled(""), folders, problems).ok());
  EXPECT_NE(problems.to_text().find(one.path() + "/a.yaml:1"), std::string::npos);
  EXPECT_NE(problems.to_text().find(two.path() + "/b.yaml:1"), std::string::npos);
}

TEST(CatalogFolders, are_checked_with_their_examples_and_for_what_is_hidden) {
  const auto said_of = [](const std::string& yaml) {
    const Folder folder;
    if (!yaml.empty()) folder.write("a.yaml", yaml);
    folder.write("event.json", R"({"source":"s","id":"1"})");
    Problems problems;
    const std::string folders[] = {folder.path()};
    const auto catalog = Catalog::with_folders(compiled(""), folders, problems);
    if (catalog) check_folders(*catalog, folders, problems);
    return problems.to_text();
  };
  const std::string entry = "- name: x\n  when: {source: [s]}\n  effect: ignore\n";
  EXPECT_EQ(said_of(entry), "");
  EXPECT_EQ(said_of(entry + "  examples: [{event: event.json, expect: []}]\n"), "");
  const std::string wrong = said_of(entry + "  examples: [{event: {source: t}, expect: []}]\n");
  EXPECT_NE(wrong.find("a.yaml:1"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("an example does not hold: no entry recognises the event"),
            std::string::npos)
      << wrong;
  EXPECT_NE(said_of(entry + "  examples: [{event: event.json, expects: []}]\n").find("expects"),
            std::string::npos);
  EXPECT_NE(said_of(entry + entry).find("is never asked"), std::string::npos);
  const std::string calls = "- {name: y, call: [a.b C, a.b D], effect: ignore}\n";
  EXPECT_EQ(said_of(calls + "- {name: z, call: [a.b D, a.b E], effect: ignore}\n"), "");
  EXPECT_NE(said_of(calls + "- {name: z, call: a.b D, effect: ignore}\n").find("is never asked"),
            std::string::npos);
  EXPECT_NE(said_of("").find("no .yaml file"), std::string::npos);
}

TEST(CompiledForm, any_damage_is_an_error) {
  const std::string bytes = compiled("- {name: x, call: a.b C, effect: ignore}\n");
  ASSERT_TRUE(Catalog::from_compiled(bytes).ok());
  EXPECT_FALSE(Catalog::from_compiled("").ok());
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(Catalog::from_compiled(bytes.substr(0, i)).ok()) << i;
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Catalog::from_compiled(changed).ok()) << i;
  }
}

TEST(Examples, one_that_is_wrong_says_how) {
  const Folder folder;
  const auto check = [&](const std::string& expect) {
    folder.write("a.yaml", R"(
- name: x
  when: {source: [s]}
  resource: {type: T, id: "t:{a}", tags: {map: tags}}
  state: "{b}"
  phases: {up: stable}
  examples: [{event: {source: s, a: 1, b: up, tags: {k: v}}, expect: )" +
                               expect + "}]\n");
    Problems problems;
    const std::string folders[] = {folder.path()};
    const auto catalog = Catalog::with_folders(compiled(""), folders, problems);
    const auto examples = load_examples(folder.path(), folder.path(), problems);
    EXPECT_TRUE(catalog.ok() && examples.size() == 1) << problems.to_text();
    const Result<void> checked = check_example(*catalog, examples.at(0), folder.path());
    return checked.ok() ? std::string() : checked.error().text;
  };
  EXPECT_EQ(check("[{id: \"t:1\", state: up, phase: stable, effect: state, tags: {k: v}}]"), "");
  EXPECT_EQ(check("[{phase: gone}]"), "phase is \"stable\", wanted \"gone\"");
  EXPECT_EQ(check("[{phases: gone}]"), "expect has an unknown key \"phases\"");
  EXPECT_EQ(check("[{tags: {k: w}}]"), "no tag k: w");
  EXPECT_EQ(check("[]"), "1 observed, wanted 0; t:1");
}

}  // namespace
}  // namespace statewire

"""The configuration: errors are told with their place, and all at once."""

import json
import os
import unittest

from harness import ROOT, ProgramTest, free_port, run_statewire, wait_for


class Config(ProgramTest):
    def check(self, text, status=78):
        path = self.write("statewire.yaml", text)
        done = run_statewire("check", path)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_an_unknown_key_has_its_place_and_what_was_meant(self):
        text = self.check(
            "version: 1\n"
            "store: store\n"
            "subscriptions:\n"
            "  pager:\n"
            "    when: {state: {settle: [true]}}\n"
            "    sinc: {kind: stdout}\n"
        )
        self.assertRegex(text, r'statewire\.yaml:6:5: .*sinc.*did you mean "sink"\?')
        self.assertRegex(text, r'statewire\.yaml:5:20: .*settle.*did you mean "settled"\?')
        self.assertIn("errors", text)

    def test_a_store_where_none_can_be(self):
        self.write("taken", "")
        text = self.check("version: 1\nstore: taken\n")
        self.assertRegex(text, r"statewire\.yaml:2:8: store: .*taken is a file; name a folder")
        text = self.check("version: 1\nstore: " + "s" * 100 + "\n")
        self.assertRegex(text, r":2:8: store: the store's path has \d+ bytes; at most \d+ ")

    def test_files_of_others_inside_the_store(self):
        text = self.check(
            "version: 1\nstore: store\n"
            "sources:\n  log: {kind: file, path: store/../store/*.log}\n"
            "subscriptions:\n  all: {sink: {kind: file, path: ./store/out.jsonl}}\n"
        )
        self.assertRegex(text, r":4:27: sources\.log\.path: .*inside the store")
        self.assertRegex(text, r":6:34: subscriptions\.all\.sink\.path: .*inside the store")
        self.check(
            "version: 1\nstore: store\n"
            "subscriptions:\n  all: {sink: {kind: file, path: store2/out.jsonl}}\n",
            status=0,
        )

    def test_more_memory_than_there_is(self):
        if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >= 64 << 30:
            self.skipTest("this machine has as much as can be configured")
        text = self.check("version: 1\nstore: store\nlimits: {store_memory: 64GiB}\n", status=0)
        self.assertRegex(text, r":3:24: .*store_memory: is more than this machine has; at most \d+")

    def test_more_memory_than_a_store_can_use(self):
        text = self.check("version: 1\nstore: store\nlimits: {store_memory: 1000GiB}\n")
        self.assertRegex(text, r":3:24: .*store_memory: .*64GiB")

    def test_a_folder_as_the_file_of_a_source(self):
        """Whoever may write there keeps nobody from starting."""
        config = "version: 1\nstore: store\nsources:\n  a: {kind: file, path: .}\n"
        text = self.check(config, status=0)
        self.assertRegex(text, r":4:25: warning: sources\.a\.path: .* is a directory; name a reg")
        daemon = self.daemon("sources:\n  a: {kind: file, path: .}\n").start()
        source = wait_for(
            lambda: next(
                (each for each in daemon.get("/api/v1/status")["sources"] if each["state"] == "failing"),
                None,
            ),
            "a source that says that it fails",
        )
        self.assertIn("is a directory", json.dumps(source))
        self.assertEqual(daemon.stop(), 0)

    def test_names_that_are_part_of_a_uri(self):
        text = self.check(
            "version: 1\ninstance: my shop\nstore: store\n"
            "sources:\n  a/b: {kind: file, path: x.jsonl}\n  \"50%\": {kind: stdin}\n"
        )
        self.assertRegex(text, r":2:11: instance: wanted at most 256 letters, digits")
        self.assertRegex(text, r":5:3: .*a source's name is at most 256 letters")
        self.assertRegex(text, r":6:3: .*a source's name is at most 256 letters")
        self.check("version: 1\ninstance: shop-1.eu_west\nstore: store\n", status=0)

    def test_run_ends_with_78_on_the_same_errors(self):
        config = self.write("statewire.yaml", "version: 1\nstore: store\nsubscription: {}\n")
        done = run_statewire("run", "--config", config)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r'statewire\.yaml:3:1: .*did you mean "subscriptions"\?')
        self.assertFalse((self.folder / "store").exists())

    def test_beyond_loopback_tokens_are_needed(self):
        listen = f"http: {{listen: 0.0.0.0:{free_port()}}}\n"
        config = self.write("statewire.yaml", "version: 1\nstore: store\n" + listen)
        done = run_statewire("run", "--config", config)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"statewire\.yaml:3:\d+: .*loopback.*tokens")

    def test_a_token_that_no_header_can_show_is_refused(self):
        for token in ("  ", "one two", "one\ntwo", "sch\u00e4tz"):
            text = self.check("version: 1\nstore: a\nhttp:\n  tokens:\n"
                              f"    - {{scope: ingest, token: {json.dumps(token)}}}\n")
            self.assertRegex(text, r":5:\d+: .*which no header can show", token)
        self.write("token", "one\ntwo\n")
        text = self.check("version: 1\nstore: a\nhttp:\n  tokens:\n"
                          "    - {scope: ingest, token_file: token}\n")
        self.assertIn("which no header can show", text)
        self.write("token", "a-good_token\n")
        self.check("version: 1\nstore: a\nhttp:\n  tokens:\n"
                   "    - {scope: ingest, token_file: token}\n", status=0)

    def test_a_schedule_says_when_it_comes_next_or_that_it_never_does(self):
        schedule = "version: 1\nstore: a\nsources:\n  nightly: {{kind: schedule, cron: {}}}\n"
        text = self.check(schedule.format('"0 3 * * ? *"'), status=0)
        self.assertRegex(text, r"nightly \(schedule, next at \d{4}-\d\d-\d\dT03:00:00Z\)")
        self.assertIn("never fires", self.check(schedule.format('"0 3 30 2 ? *"')))
        self.check(schedule.format('"0 3 */2147483647 * ? *"'), status=0)

    def test_duplicate_keys_and_look_alikes_are_errors(self):
        self.assertRegex(self.check("version: 1\nstore: a\nstore: b\n"), r":3:1: .*store")
        text = self.check(
            "version: 1\nstore: a\nsubscriptions:\n  a:\n"
            "    when: {resource: {tags: {monitoring: [off]}}}\n    sink: {kind: stdout}\n"
        )
        self.assertRegex(text, r":5:43: .*write \"off\"")

    def test_a_wrong_kind_and_a_wrong_format_say_what_there_is(self):
        text = self.check(
            "version: 1\nstore: a\nsubscriptions:\n  a: {format: jsn, sink: {kind: webhok}}\n"
        )
        self.assertIn('did you mean "json"?', text)
        self.assertIn('did you mean "webhook"?', text)

    def test_a_format_in_place_of_a_kind_says_where_it_stands(self):
        text = self.check("version: 1\nstore: a\nsubscriptions:\n  a: {sink: {kind: csv, path: a}}\n")
        self.assertIn('"csv" is a format: `format: csv` stands beside `sink:`', text)

    def test_the_names_of_its_own_sources_are_taken(self):
        for name in ("http", "tags", "reminders"):
            text = self.check(f"version: 1\nstore: a\nsources:\n  {name}: {{kind: stdin}}\n")
            self.assertRegex(text, rf":4:3: sources\.{name}: ")

    def test_a_newer_version_and_no_yaml_at_all(self):
        self.assertRegex(self.check("version: 2\nstore: a\n"), r":1:10: ")
        self.assertRegex(self.check("version: [1\n"), r"statewire\.yaml:\d+:\d+: ")

    def test_a_missing_file_is_told(self):
        done = run_statewire("check", self.folder / "none.yaml")
        self.assertEqual(done.returncode, 78)
        self.assertIn("none.yaml", done.stdout + done.stderr)
        environment = {key: value for key, value in os.environ.items() if key != "STATEWIRE_CONFIG"}
        done = run_statewire("check", folder=self.folder, environment=environment)
        self.assertEqual(done.returncode, 78)

    def test_a_condition_on_code_without_an_inventory_is_a_warning(self):
        asking = ("version: 1\nstore: a\nsubscriptions:\n"
                  "  a: {when: {drift: [lost]}, sink: {kind: stdout}}\n"
                  "  b: {when: {$or: [{owner: {stack: [x]}}, {flags: [late]}]}, sink: {kind: stdout}}\n")
        config = self.write("statewire.yaml", asking)
        done = run_statewire("check", config)
        self.assertEqual(done.returncode, 0, done.stdout)
        for path in (r"a\.when\.drift", r"b\.when\.\$or\[0\]\.owner"):
            self.assertRegex(done.stdout,
                             rf"warning: subscriptions\.{path}: no `inventory` is configured")
        self.write("statewire.yaml",
                   asking + "inventory: {x: {kind: cloudformation}}\n")
        self.assertNotIn("no `inventory`", run_statewire("check", config).stdout)
        self.write("statewire.yaml", asking + "inventory: {x: {kind: cloudformation, every: 2d}}\n")
        done = run_statewire("check", config)
        self.assertEqual(done.returncode, 78)
        self.assertIn("inventory.x.every: expected at most 1d", done.stdout)

    def test_a_condition_on_a_type_that_there_is_not_is_a_warning(self):
        config = self.write(
            "statewire.yaml",
            "version: 1\nstore: a\nsubscriptions:\n"
            '  a: {when: {resource: {type: ["AWS::EC2::Instnace"]}}, sink: {kind: stdout}}\n'
            '  b: {when: {$or: [{resource: {type: ["AWS::Ec3::Thing"]}}, {drift: [lost]}]}, sink: {kind: stdout}}\n'
            '  c: {when: {resource: {type: ["AWS::EC2::Instance", com.example.job,'
            ' {prefix: "AWS::ECS"}]}}, sink: {kind: stdout}}\n')
        done = run_statewire("check", config)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r':4:\d+: warning: .*type\[0\]: no entry of the catalog is about '
                                      r'the type "AWS::EC2::Instnace"; did you mean '
                                      r'"AWS::EC2::Instance"\?')
        self.assertIn('"AWS::Ec3::Thing"', done.stdout)
        self.assertEqual(done.stdout.count("no entry of the catalog"), 2, done.stdout)

    def test_problems_as_json(self):
        config = self.write("statewire.yaml", "version: 1\nstore: a\nstor: b\n")
        done = run_statewire("check", config, "--output", "json")
        self.assertEqual(done.returncode, 78)
        (problem,) = json.loads(done.stdout)
        self.assertEqual(problem["line"], 3)

    def test_the_shipped_configurations_are_well(self):
        for name in ("examples/statewire.yaml", "docs/statewire.yaml"):
            done = run_statewire("check", ROOT / name)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_variables_come_from_the_environment(self):
        config = self.write("statewire.yaml", "version: 1\nstore: ${STORE_OF_TEST}\n")
        done = run_statewire("check", config)
        self.assertEqual(done.returncode, 78)
        self.assertIn("STORE_OF_TEST", done.stdout + done.stderr)
        environment = dict(os.environ, STORE_OF_TEST="elsewhere")
        self.assertEqual(run_statewire("check", config, environment=environment).returncode, 0)


class Usage(ProgramTest):
    def test_exit_codes_of_the_command_line(self):
        self.assertEqual(run_statewire("--version").returncode, 0)
        self.assertEqual(run_statewire("--help").returncode, 0)
        for arguments in ((), ("frobnicate",), ("convert", "--frobnicate"), ("parked",)):
            done = run_statewire(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr, arguments)


if __name__ == "__main__":
    unittest.main()

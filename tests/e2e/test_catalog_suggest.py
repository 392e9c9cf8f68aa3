"""Kinds that the catalog does not know: counted out of the ledger, and drafted as an entry that
`check` accepts as it stands."""

import json
import unittest

from harness import ProgramTest, run_statewire, wait_for

SINK = "subscriptions:\n  machines: {sink: {kind: file, path: machines.jsonl}}\n"


def new_call(number):
    return {
        "version": "0", "id": f"e{number}", "source": "aws.newthings", "account": "123456789012",
        "region": "eu-west-1", "time": "2026-11-23T09:00:00Z",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventVersion": "1.08", "eventSource": "newthings.amazonaws.com",
            "eventName": "CreateThing", "awsRegion": "eu-west-1",
            "eventTime": "2026-11-23T09:00:00Z", "recipientAccountId": "123456789012",
            "requestParameters": {"thingName": "a"},
        },
    }


class CatalogSuggest(ProgramTest):
    def test_kind_of_the_ledger_becomes_an_entry(self):
        program = self.daemon(SINK).start()
        events = [new_call(number) for number in range(3)]
        self.assertEqual(program.post(*events).status, 202)
        counted = program.run("catalog", "coverage", "--of", "ledger").stdout
        self.assertRegex(counted, r"3\s+unrecognised\s+aws.newthings\s+CreateThing")
        self.assertIn("0.0 % of 3 state-changing events were recognised", counted)
        self.assertIn("statewire catalog suggest aws.newthings/CreateThing", counted)

        drafted = program.run("catalog", "suggest", "newthings/CreateThing")
        self.assertEqual(drafted.returncode, 0, drafted.stderr)
        (self.folder / "own").mkdir()
        (self.folder / "own" / "newthings.yaml").write_text(drafted.stdout)
        program.write_config(SINK + "catalog: [own]\n")
        checked = program.run("check", program.config)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        event = self.write("event.json", json.dumps(new_call(9)))
        known = program.run("catalog", "coverage", "--of", event)
        self.assertIn("100.0 % of 1 state-changing events are known", known.stdout)

    def test_what_statewire_tells_itself_does_not_count(self):
        program = self.daemon(SINK).start()
        call = new_call(1)
        call["source"] = "aws.dynamodb"
        call["detail"].update(
            eventSource="dynamodb.amazonaws.com", eventName="CreateTable",
            requestParameters={"tableName": "a"},
        )
        self.assertEqual(program.post(call).status, 202)

        def has_reminder():
            return any(row["source"] == "reminders" for row in program.get("/api/v1/ledger"))

        wait_for(has_reminder, "the reminder of the call")
        counted = program.run("catalog", "coverage", "--of", "ledger").stdout
        self.assertIn("100.0 % of 1 state-changing events were recognised", counted)

    def test_file_with_the_event_does_as_well(self):
        path = self.folder / "events.jsonl"
        path.write_text(json.dumps(new_call(1)) + "\n")
        drafted = run_statewire("catalog", "suggest", "aws.newthings/CreateThing", "--of", path)
        self.assertEqual(drafted.returncode, 0, drafted.stderr)
        self.assertIn("call: newthings.amazonaws.com CreateThing", drafted.stdout)
        other = run_statewire("catalog", "suggest", "aws.newthings/Other", "--of", path)
        self.assertEqual(other.returncode, 1)
        self.assertIn("no event of such a kind was seen", other.stderr)
        self.assertEqual(run_statewire("catalog", "suggest", "nonsense").returncode, 2)


if __name__ == "__main__":
    unittest.main()

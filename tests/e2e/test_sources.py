"""Files as sources: once, followed, rotated, unreadable."""

import gzip
import json
import unittest

from harness import ROOT, ProgramTest, instance_event, wait_for


def line(number):
    event = instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
    return json.dumps(event) + "\n"


class Files(ProgramTest):
    def count(self, daemon, fate="received"):
        return sum(row[fate] for row in daemon.get("/api/v1/ledger") if row["source"] == "trail")

    def wait_for_count(self, daemon, count):
        wait_for(lambda: self.count(daemon) >= count, f"{count} events", pause=0.1)
        self.assertEqual(self.count(daemon), count)

    def follow(self, pattern):
        return self.daemon(f"sources:\n  trail: {{kind: file, path: {pattern}, follow: true}}\n")

    def test_a_file_is_read_once_also_over_a_restart(self):
        day = ROOT / "examples" / "day.jsonl"
        daemon = self.daemon(f"sources:\n  trail: {{kind: file, path: {day}}}\n")
        daemon.start()
        lines = len((ROOT / "examples" / "day.jsonl").read_text().splitlines())
        self.wait_for_count(daemon, lines)
        wait_for(
            lambda: daemon.get("/api/v1/status")["sources"][0]["state"] == "done", "a done source"
        )
        daemon.kill()
        daemon.start()
        wait_for(
            lambda: daemon.get("/api/v1/status")["sources"][0]["state"] == "done", "a done source"
        )
        self.assertEqual(self.count(daemon), lines)

    def test_a_missing_file_is_told_and_the_daemon_serves(self):
        daemon = self.daemon("sources:\n  trail: {kind: file, path: none.jsonl}\n").start()
        source = wait_for(
            lambda: next(
                (
                    source
                    for source in daemon.get("/api/v1/status")["sources"]
                    if source["state"] != "running"
                ),
                None,
            ),
            "the source's failure",
        )
        self.assertEqual(source["state"], "failing")
        self.assertIn("none.jsonl: No such file or directory", source["reason"])
        self.assertEqual(daemon.request("GET", "/readyz").status, 200)
        self.write("none.jsonl", line(0))
        self.wait_for_count(daemon, 1)
        wait_for(
            lambda: daemon.get("/api/v1/status")["sources"][0]["state"] == "done", "a done source"
        )

    def test_follow_reads_on_over_rotation_truncation_and_restart(self):
        path = self.write("trail.jsonl", line(0))
        daemon = self.follow("trail.jsonl").start()
        self.wait_for_count(daemon, 1)
        with open(path, "a", encoding="ascii") as trail:
            trail.write(line(1) + line(2)[:40])
        self.wait_for_count(daemon, 2)
        with open(path, "a", encoding="ascii") as trail:
            trail.write(line(2)[40:])
        self.wait_for_count(daemon, 3)
        path.rename(self.folder / "trail.jsonl.1")
        with open(self.folder / "trail.jsonl.1", "a", encoding="ascii") as trail:
            trail.write(line(3))
        path.write_text(line(4))
        self.wait_for_count(daemon, 5)
        daemon.stop()
        with open(path, "a", encoding="ascii") as trail:
            trail.write(line(5))
        path.rename(self.folder / "trail.jsonl.2")
        path.write_text(line(6))
        daemon.start()
        self.wait_for_count(daemon, 7)
        path.write_text(line(7))  # Truncated, and written anew.
        self.wait_for_count(daemon, 8)
        self.assertEqual(self.count(daemon, "duplicate"), 0)

    def test_an_unreadable_file_in_the_middle_holds_up_no_other(self):
        logs = self.folder / "logs"
        logs.mkdir()
        (logs / "a.jsonl").write_text(line(0))
        (logs / "b.jsonl").mkdir()  # A folder with the name of a file.
        (logs / "c.jsonl.gz").write_bytes(gzip.compress(line(9).encode())[:40])  # Broken off.
        (logs / "d.jsonl").write_text(line(1))
        daemon = self.follow("logs/*").start()
        self.wait_for_count(daemon, 2)
        wait_for(lambda: "c.jsonl.gz" in daemon.log_text(), "a word about the file")
        with open(logs / "a.jsonl", "a", encoding="ascii") as trail:
            trail.write(line(2))
        (logs / "e.jsonl").write_text("not json\n" + line(3))
        self.wait_for_count(daemon, 5)
        self.assertEqual(self.count(daemon, "malformed"), 1)
        refusals = daemon.get("/api/v1/ledger/refusals")
        self.assertIn("e.jsonl:1", refusals[0]["place"])

    def test_a_file_becomes_readable_later(self):
        daemon = self.follow("later/*.jsonl").start()
        (self.folder / "later").mkdir()
        (self.folder / "later" / "a.jsonl").write_text(line(0) + line(1))
        self.wait_for_count(daemon, 2)


if __name__ == "__main__":
    unittest.main()

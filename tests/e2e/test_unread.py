"""Standard output and error that nobody reads: who writes there waits, and nobody else."""

import json
import os
import threading
import unittest

from harness import SIGHUP, Daemon, ProgramTest, instance_event, wait_for

CONFIG = """
log: {level: debug}
subscriptions:
  people: {from: earliest, format: json, sink: {kind: stdout}}
  lines: {from: earliest, format: json, sink: {kind: file, path: lines.jsonl}}
"""
EVENTS = 2000


class Reader:
    """Reads a named pipe, once it is told to."""

    def __init__(self, path):
        os.mkfifo(path)
        self.pipe = os.open(path, os.O_RDWR)  # Never waits for its other end.
        self.text = bytearray()

    def begin(self):
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while piece := os.read(self.pipe, 1 << 16):
            self.text += piece


class Unread(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = Reader(self.folder / "out")
        self.err = Reader(self.folder / "err")
        self.unread = self.daemon(CONFIG)
        words = f'exec "$@" >"{self.folder}/out" 2>"{self.folder}/err"'
        self.unread.start(prefix=["sh", "-c", words, "sh"])

    def post(self, first):
        for begin in range(first, first + EVENTS, 200):
            answer = self.unread.post(*[
                instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z")
                for number in range(begin, begin + 200)
            ])
            self.assertEqual(answer.status, 202)

    def lines(self):
        path = self.folder / "lines.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def told(self):
        whole = bytes(self.out.text).split(b"\n")[:-1]
        return {json.loads(line)["id"] for line in whole if line}

    def test_others_go_on_over_a_reload_and_nothing_is_lost(self):
        self.post(0)
        wait_for(lambda: self.lines() == EVENTS, "all lines in the file")
        self.unread.signal(SIGHUP)
        self.post(EVENTS)
        self.unread.signal(SIGHUP)
        self.post(2 * EVENTS)
        wait_for(lambda: self.lines() >= 3 * EVENTS, "all lines after reloads")
        redriven = self.unread.run("parked", "redrive", "--subscription", "people")
        self.assertIn("0 deliveries", redriven.stdout)
        self.assertLess(len(self.told()), 3 * EVENTS)
        self.out.begin()
        wait_for(lambda: len(self.told()) == 3 * EVENTS, "everything on standard output")
        self.err.begin()
        self.assertEqual(self.unread.stop(15), 0)

    def test_it_ends_though_nobody_reads(self):
        self.post(0)
        self.assertEqual(self.unread.stop(15), 0)


class Closed(ProgramTest):
    """A program may be started without standard descriptors: nothing else takes their place."""

    def test_what_is_closed_stays_closed(self):
        for number, closed in enumerate(("0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-")):
            with self.subTest(closed):
                folder = self.folder / str(number)
                folder.mkdir()
                daemon = Daemon(folder, CONFIG)
                self.addCleanup(daemon.end)
                daemon.start(prefix=["sh", "-c", f'exec "$@" {closed}', "sh"])
                self.assertEqual(daemon.post(*self.events(5)).status, 202)
                wait_for(
                    lambda: daemon.subscription("lines")["delivered"] == 5, "lines in the file"
                )
                for fd in closed.split():
                    path = os.readlink(f"/proc/{daemon.process.pid}/fd/{fd[0]}")
                    self.assertEqual(path, "/dev/null", fd)
                if "1>" in closed:
                    wait_for(
                        lambda: daemon.subscription("people").get("gone"),
                        "a sink that is gone",
                    )
                    self.assertEqual(daemon.subscription("people")["delivered"], 0)
                self.assertEqual(daemon.stop(), 0)

    def events(self, count):
        return [
            instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z")
            for number in range(count)
        ]


if __name__ == "__main__":
    unittest.main()

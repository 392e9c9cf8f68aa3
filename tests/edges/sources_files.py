"""Files as sources at their edges: very many, very long, half written; and signals meanwhile."""

import gzip
import json
import threading
import unittest

from measure import HEARD_SECONDS, IS_LONG, hear_reload, hear_stop, memory_mib, open_files
from harness import ProgramTest, instance_event, wait_for

FILES = 10_000 if IS_LONG else 2_000
ROUNDS = 20 if IS_LONG else 3
# 64 open files with a piece of 1 MiB each, and what was read of their ends.
FILES_MEMORY_MIB = 100
DESCRIPTORS = 64


def line(number):
    event = instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
    return json.dumps(event) + "\n"


def lines(count, first=0):
    return "".join(line(number) for number in range(first, first + count))


class Files(ProgramTest):
    def count(self, daemon, fate="received"):
        return sum(row[fate] for row in daemon.get("/api/v1/ledger") if row["source"] == "trail")

    def wait_for_count(self, daemon, count):
        wait_for(lambda: self.count(daemon) >= count, f"{count} events", seconds=120, pause=0.2)
        self.assertEqual(self.count(daemon), count)

    def write_many(self):
        folder = self.folder / "many"
        folder.mkdir()
        for number in range(FILES):
            (folder / f"{number:06}.jsonl").write_text(line(number))
        return folder

    def test_very_many_files_take_little_memory_and_few_descriptors(self):
        folder = self.write_many()
        daemon = self.daemon("sources:\n  trail: {kind: file, path: many/*, follow: true}\n")
        folder.rename(self.folder / "away")
        daemon.start()
        before = memory_mib(daemon)
        (self.folder / "away").rename(folder)
        self.wait_for_count(daemon, FILES)
        self.assertLessEqual(open_files(daemon, folder), DESCRIPTORS)
        for number in range(0, FILES, 7):
            with open(folder / f"{number:06}.jsonl", "a", encoding="ascii") as file:
                file.write(line(FILES + number))
        self.wait_for_count(daemon, FILES + len(range(0, FILES, 7)))
        self.assertLessEqual(open_files(daemon, folder), DESCRIPTORS)
        self.assertLess(memory_mib(daemon) - before, FILES_MEMORY_MIB)
        self.assertEqual(self.count(daemon, "duplicate"), 0)

    def signals_are_heard(self, config, write, is_busy=False):
        """At any moment of reading, over and over."""
        daemon = self.daemon(config)
        for number in range(ROUNDS):
            write(number)
            daemon.start()
            posts = self.post_meanwhile(daemon) if is_busy else None
            threading.Event().wait(0.2 + 0.1 * (number % 5))
            self.assertLess(hear_reload(daemon), HEARD_SECONDS)
            threading.Event().wait(0.1 * (number % 3))
            self.assertLess(hear_stop(daemon), HEARD_SECONDS)
            if posts:
                posts.join()

    def post_meanwhile(self, daemon):
        def post():
            body = lines(2_000, 10**9).encode()
            try:
                while daemon.request("POST", "/events", body, timeout=30).status in (202, 503):
                    pass
            except OSError:
                pass  # It has ended.

        thread = threading.Thread(target=post)
        thread.start()
        return thread

    def test_signals_are_heard_while_many_files_are_followed(self):
        folder = self.write_many()

        def touch(number):
            for each in range(0, FILES, 3):
                with open(folder / f"{each:06}.jsonl", "a", encoding="ascii") as file:
                    file.write(line(FILES * (number + 1) + each))

        self.signals_are_heard(
            "sources:\n  trail: {kind: file, path: many/*, follow: true}\n", touch
        )

    def test_signals_are_heard_while_a_long_document_is_read(self):
        text = "[" + ",".join(lines(1_000).splitlines() * (300 if IS_LONG else 100)) + "]"

        def write(number):
            (self.folder / f"{number}.json").write_text(text)

        self.signals_are_heard("sources:\n  trail: {kind: file, path: '*.json'}\n", write)

    def test_signals_are_heard_while_a_long_packed_file_is_read_and_the_intake_is_busy(self):
        packed = gzip.compress((lines(1_000) * (2_000 if IS_LONG else 300)).encode(), 1)

        def write(number):
            (self.folder / f"{number}.jsonl.gz").write_bytes(packed)

        self.signals_are_heard(
            "sources:\n  trail: {kind: file, path: '*.gz', follow: true}\n", write, is_busy=True
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)

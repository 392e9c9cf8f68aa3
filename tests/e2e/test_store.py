"""The store: whose it is, which format it has, and what happens when the disk is full."""

import contextlib
import http.client
import os
import subprocess
import unittest

from harness import PATIENCE_SECONDS, Daemon, ProgramTest, instance_event, run_statewire, wait_for
from rocksdb import RocksDb


def some_events(count):
    return [
        instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
        for number in range(count)
    ]


def mount_small_disk(test, mount, size):
    """On the folder `mount`, until the test ends."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", mount],
        capture_output=True,
        timeout=30,
        check=False,
    )
    if mounted.returncode != 0:
        test.skipTest("mounting a small disk needs root")
    # Runs before the folder is removed, and after the daemon was ended.
    test.addCleanup(subprocess.run, ["umount", mount], timeout=30, check=True)


class Stores(ProgramTest):
    def test_a_second_daemon_is_told_and_the_first_is_unharmed(self):
        first = self.daemon().start()
        second = Daemon(self.folder, "")
        second.start(is_ready=False)
        self.addCleanup(second.end)
        self.assertEqual(second.process.wait(30), 1)
        self.assertRegex(first.log_text(), r"(?i)another|already|in use|second")
        first.write_config("")
        self.assertEqual(first.post(*some_events(1)).status, 202)
        # The control socket is still the first one's.
        self.assertEqual(first.run("status").returncode, 0)
        self.assertEqual(first.stop(), 0)

    def test_a_taken_port_is_told(self):
        first = self.daemon().start()
        other = self.folder / "other"
        other.mkdir()
        second = Daemon(other, "", port=first.port)
        second.start(is_ready=False)
        self.addCleanup(second.end)
        self.assertEqual(second.process.wait(30), 1)
        self.assertIn(str(first.port), second.log_text())

    def test_a_store_of_a_newer_format_is_refused_and_left_alone(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(3))
        daemon.stop()
        db = RocksDb(self.folder / "store")
        ((key, value),) = db.items("default")
        db.put("default", key, value[:1] + (99).to_bytes(8, "little"))
        db.close()
        daemon.start(is_ready=False)
        self.assertEqual(daemon.process.wait(30), 1)
        self.assertIn("format 99", daemon.log_text())
        self.assertEqual(daemon.run("ledger").returncode, 1)
        db = RocksDb(self.folder / "store")
        db.put("default", key, value)
        db.close()
        daemon.start()
        self.assertEqual(len(daemon.get("/api/v1/resources")["resources"]), 3)

    def test_store_check_finds_a_changed_byte_of_a_record(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(5))
        daemon.stop()
        checked = daemon.run("store", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        db = RocksDb(self.folder / "store")
        key, value = db.items("resources")[2]
        self.assertIn(b"running", value)
        db.put("resources", key, value.replace(b"running", b"runnong"))
        db.close()
        checked = daemon.run("store", "check")
        self.assertEqual(checked.returncode, 65, checked.stdout + checked.stderr)
        self.assertIn("i-", checked.stdout)

    def test_commands_work_without_a_daemon(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(3))
        running = daemon.run("resources", "--output", "csv")
        daemon.stop()
        stopped = daemon.run("resources", "--output", "csv")
        self.assertEqual(running.returncode, 0, running.stderr)
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertEqual(running.stdout, stopped.stdout)
        self.assertEqual(daemon.run("ledger").returncode, 0)

    def test_a_socket_that_a_killed_daemon_left_is_no_obstacle(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(2))
        daemon.kill()
        self.assertTrue((self.folder / "store" / "control.sock").exists())
        listed = daemon.run("resources", "--output", "csv")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        daemon.start()
        self.assertEqual(daemon.run("status").returncode, 0)

    def test_the_control_socket_is_its_owners_alone(self):
        self.daemon().start()
        mode = os.stat(self.folder / "store" / "control.sock").st_mode & 0o777
        self.assertEqual(mode, 0o600)


class LostStore(ProgramTest):
    def test_a_store_that_was_moved_away_ends_the_daemon(self):
        daemon = self.daemon().start()
        self.assertEqual(daemon.post(*some_events(5)).status, 202)
        store = self.folder / "store"
        store.rename(self.folder / "away")
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.assertEqual(daemon.post(*some_events(9)).status, 503)
        self.assertEqual(daemon.process.wait(PATIENCE_SECONDS), 1)
        self.assertIn("is not there any more", daemon.log_text())
        self.assertFalse(store.exists())
        (self.folder / "away").rename(store)
        daemon.start()
        self.assertEqual(len(daemon.get("/api/v1/resources")["resources"]), 5)
        self.assertEqual(daemon.stop(), 0)

    def test_a_store_that_was_emptied_ends_the_daemon(self):
        daemon = self.daemon().start()
        for file in (self.folder / "store").iterdir():
            file.unlink()
        self.assertEqual(daemon.process.wait(PATIENCE_SECONDS), 1)
        self.assertIn("LOCK", daemon.log_text())


class Damage(ProgramTest):
    def test_salvage_into_a_full_disk_says_so_and_leaves_nothing(self):
        daemon = self.daemon().start()
        for _ in range(4):
            self.assertEqual(daemon.post(*some_events(400)).status, 202)
        daemon.kill()
        small = self.folder / "small"
        small.mkdir()
        for size in ("1m", "12m"):
            mount_small_disk(self, small, size)
            done = daemon.run("store", "salvage", "--to", small / "new")
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertRegex(done.stderr, r"^statewire: .*([Nn]o space|disk is full)")
            self.assertEqual(list(small.iterdir()), [])

    def test_parked_rows_that_cannot_be_read_are_told_of(self):
        (self.folder / "none.json").write_text('{"type": "object", "required": ["nothing"]}')
        daemon = self.daemon(
            "formats: {bad/v1: {shape: {id: resource.id}, schema_file: none.json}}\n"
            "subscriptions:\n  park: {format: bad/v1, sink: {kind: file, path: park.jsonl}}\n"
        ).start()
        self.assertEqual(daemon.post(*some_events(600)).status, 202)
        wait_for(lambda: daemon.subscription("park")["parked"] == 600, "all parked")
        self.assertEqual(daemon.stop(), 0)
        for table in sorted((self.folder / "store").glob("*.sst")):
            whole = table.read_bytes()
            middle = len(whole) // 2
            table.write_bytes(
                whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
            )
            if len(whole) > 10000 and "family parked" in daemon.run("store", "check").stdout:
                break
            table.write_bytes(whole)
        else:
            self.fail("no table holds what is parked")
        daemon.start()
        listed = daemon.run("parked", "list", "--output", "csv").stdout
        self.assertIn("family parked, key ", listed)
        self.assertFalse("1970-01-01" in listed)
        known = {int(line.split(",")[1]) for line in listed.splitlines()[1:]}
        missing = min(set(range(1, 601)) - known)
        shown = daemon.run("parked", "show", "park", str(missing))
        self.assertEqual(shown.returncode, 65, shown.stdout + shown.stderr)
        self.assertIn("family parked, key ", shown.stderr)
        dropped = daemon.run("parked", "drop", "--all")
        self.assertEqual(dropped.returncode, 65, dropped.stdout + dropped.stderr)
        self.assertRegex(dropped.stderr, r"\d+ were dropped; others stay: .*family parked")

    def test_salvage_into_the_damaged_store_is_refused(self):
        daemon = self.daemon().start()
        daemon.stop()
        store = self.folder / "store"
        done = daemon.run("store", "salvage", "--to", store / "in")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("lies in the damaged store", done.stderr)
        self.assertEqual(list(store.glob("in*")), [])

    def test_a_turned_bit_of_the_log_is_refused_and_salvaged(self):
        daemon = self.daemon().start()
        for first in range(0, 400, 20):
            events = some_events(400)[first : first + 20]
            self.assertEqual(daemon.post(*events).status, 202)
        daemon.kill()
        store = self.folder / "store"
        log = max(store.glob("*.log"), key=lambda file: file.stat().st_size)
        with open(log, "r+b") as file:
            file.seek(log.stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        before = log.read_bytes()
        daemon.start(is_ready=False)
        self.assertEqual(daemon.process.wait(30), 65)
        self.assertRegex(daemon.log_text(), r"sequences \d+ to 400 are lost.*store salvage --to")
        self.assertEqual(daemon.run("store", "check").returncode, 65)
        self.assertEqual(daemon.run("ledger").returncode, 65)
        self.assertEqual(log.read_bytes(), before)

        salvaged = daemon.run("store", "salvage", "--to", self.folder / "salvaged")
        self.assertEqual(salvaged.returncode, 0, salvaged.stdout + salvaged.stderr)
        self.assertRegex(salvaged.stdout, r"lost: sequences \d+ to \d+\n")
        self.assertEqual(log.read_bytes(), before)
        store.rename(self.folder / "damaged")
        (self.folder / "salvaged").rename(store)
        checked = daemon.run("store", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("lost before the last salvage", checked.stdout)
        daemon.start()
        resources = "/api/v1/resources?limit=1000"
        self.assertGreater(len(daemon.get(resources)["resources"]), 300)
        self.assertEqual(daemon.post(*some_events(400)).status, 202)
        self.assertEqual(len(daemon.get(resources)["resources"]), 400)

    def test_a_store_in_use_is_checked_by_a_copy_that_goes_away(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(50))
        checked = daemon.run("store", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("50 journal entries", checked.stdout)
        self.assertEqual(list((self.folder / "store").glob("copy-*")), [])

    def test_a_store_that_others_can_read_is_warned_of(self):
        daemon = self.daemon().start()
        daemon.stop()
        os.chmod(self.folder / "store", 0o755)
        self.assertIn("others than its owner", daemon.run("store", "check").stderr)
        daemon.start()
        self.assertIn("others than its owner", daemon.log_text())


class FullDisk(ProgramTest):
    def mount(self, size):
        mount = self.folder / "store"
        mount.mkdir()
        mount_small_disk(self, mount, size)
        return mount

    def test_a_full_disk_refuses_senders_and_recovers(self):
        mount = self.mount("96m")
        daemon = self.daemon("limits: {free_disk: 32MiB, store_memory: 16MiB}\n").start()
        self.assertEqual(daemon.post(*some_events(10)).status, 202)
        filler = mount / "filler"
        free = os.statvfs(mount)
        filler.write_bytes(b"x" * (free.f_bavail * free.f_bsize - (16 << 20)))
        refused = wait_for(
            lambda: next(
                (each for each in [daemon.post(*some_events(1))] if each.status == 503), None
            ),
            "503 on a full disk",
        )
        self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
        self.assertEqual(daemon.request("GET", "/readyz").status, 503)
        self.assertEqual(daemon.request("GET", "/livez").status, 200)
        self.assertTrue(daemon.get("/api/v1/resources")["resources"])
        filler.unlink()
        wait_for(lambda: daemon.request("GET", "/readyz").status == 200, "ready again")
        self.assertEqual(daemon.post(*some_events(20)).json()["duplicate"], 10)
        self.assertEqual(daemon.stop(), 0)

    def test_a_start_on_a_full_disk_says_so_and_ends(self):
        mount = self.mount("96m")
        daemon = self.daemon("limits: {free_disk: 32MiB, store_memory: 16MiB}\n").start()
        self.assertEqual(daemon.post(*some_events(10)).status, 202)
        self.assertEqual(daemon.stop(), 0)
        free = os.statvfs(mount)
        (mount / "filler").write_bytes(b"x" * (free.f_bavail * free.f_bsize))
        done = run_statewire("run", "--config", daemon.config)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, r"^statewire: .*the disk is full.*\n$")

    def test_a_reserve_beyond_what_is_free_refuses_from_the_start(self):
        free = os.statvfs(self.folder)
        reserve = free.f_bavail * free.f_bsize // (1 << 30) + 100
        daemon = self.daemon(f"limits: {{free_disk: {reserve}GiB}}\n").start(is_ready=False)
        wait_for(lambda: self.answers(daemon, "/livez"), "a daemon that lives")
        answer = daemon.post(*some_events(1))
        self.assertEqual(answer.status, 503)
        self.assertIn("disk", answer.json()["error"])
        self.assertEqual(daemon.request("GET", "/readyz").status, 503)
        self.assertEqual(daemon.stop(), 0)

    @staticmethod
    def answers(daemon, path):
        try:
            return daemon.request("GET", path).status == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()

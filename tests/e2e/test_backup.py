"""Backups of the store in a folder; tests/aws has those in a bucket."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import unittest

from harness import ProgramTest, instance_event, wait_for


SEEDS = [int(each) for each in os.environ.get("BACKUP_SEEDS", "1 2 3").split()]
STEPS = 25


def some_events(count, first=0):
    return [
        instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
        for number in range(first, first + count)
    ]


class BackupsInFolders(ProgramTest):
    def setUp(self):
        super().setUp()
        self.to = self.folder / "backups"
        self.to.mkdir()

    def pieces(self):
        return sorted((self.to / "pieces").glob("*"))

    def back_up(self, daemon):
        made = daemon.run("store", "backup", self.to, "--output", "json")
        self.assertEqual(made.returncode, 0, made.stderr)
        return json.loads(made.stdout)

    def listed(self, daemon, *arguments):
        done = daemon.run("store", "backups", self.to, "--output", "json", *arguments)
        rows = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if all(each["whole"] for each in rows) else 65)
        return rows

    def test_a_list_says_which_cannot_be_restored_and_the_next_one_can(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(20))
        daemon.stop()
        first = self.back_up(daemon)["name"]
        small, large = sorted(self.pieces(), key=lambda each: each.stat().st_size)[:2]
        small.unlink()
        os.truncate(large, large.stat().st_size - 1)
        [row] = self.listed(daemon)
        self.assertEqual(row["trouble"], "1 piece gone, 1 piece not whole")
        shown = daemon.run("store", "backups", self.to)
        self.assertEqual(shown.returncode, 65)
        self.assertIn("1 piece gone, 1 piece not whole", shown.stdout)
        self.assertIn("1 backup cannot be restored", shown.stderr)
        refused = daemon.run("store", "restore", self.to, self.folder / "again")
        self.assertEqual(refused.returncode, 65)
        self.assertIn("says which backups are whole", refused.stderr)
        second = self.back_up(daemon)
        self.assertGreater(second["bytes_sent"], 0)
        self.assertEqual([each["whole"] for each in self.listed(daemon)], [True, True])
        again = daemon.run("store", "restore", self.to, self.folder / "again", "--backup", first)
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_other_content_of_the_same_size_is_found_where_all_is_read(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(20))
        daemon.stop()
        self.back_up(daemon)
        piece = max(self.pieces(), key=lambda each: each.stat().st_size)
        content = bytearray(piece.read_bytes())
        content[len(content) // 2] ^= 1
        piece.write_bytes(content)
        self.assertTrue(self.listed(daemon)[0]["whole"])
        self.assertFalse(self.listed(daemon, "--check")[0]["whole"])
        told = daemon.run("store", "backups", self.to, "--check")
        self.assertIn(f"pieces/{piece.name} is not what was written: remove it", told.stderr)
        piece.unlink()
        self.back_up(daemon)
        self.assertTrue(all(each["whole"] for each in self.listed(daemon, "--check")))

    def test_a_place_is_of_one_store(self):
        daemon = self.daemon(f"backup: {{to: {self.to}, every: 1h, keep: 1}}\n").start()
        wait_for(lambda: "last" in daemon.get("/api/v1/status")["backup"], "a backup")
        before = sorted(self.to.rglob("*"))
        daemon.stop()
        shutil.rmtree(self.folder / "store")
        daemon.start()
        trouble = lambda: daemon.get("/api/v1/status")["backup"].get("trouble", "")
        wait_for(lambda: "the place is of another store" in trouble(), "a refusal")
        self.assertEqual(daemon.run("status").returncode, 1)
        refused = daemon.run("store", "backup", self.to, "--keep", "1")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("Name a place of its own", refused.stderr)
        self.assertEqual(sorted(self.to.rglob("*")), before)
        daemon.stop()
        shutil.rmtree(self.folder / "store")
        daemon.run("store", "restore", self.to, self.folder / "store")
        daemon.start()
        self.assertEqual(daemon.run("store", "backup", self.to).returncode, 0)

    def test_a_store_and_its_backups_are_apart(self):
        daemon = self.daemon().start()
        for to in ("store", "store/backups", "."):
            refused = daemon.run("store", "backup", self.folder / to)
            self.assertEqual(refused.returncode, 1, to)
            self.assertIn("name a", refused.stderr)
        self.assertFalse((self.folder / "store" / "backups").exists())
        daemon.write_config("backup: {to: .}\n")
        self.assertIn("the store is inside", daemon.run("check").stdout)

    def test_a_disk_that_is_not_mounted_gets_no_backup(self):
        daemon = self.daemon("backup: {to: disk/backups, every: 1s}\n").start()
        trouble = lambda: daemon.get("/api/v1/status")["backup"].get("trouble", "")
        wait_for(lambda: "is not there: mount its disk" in trouble(), "a refusal")
        self.assertEqual(daemon.run("status").returncode, 1)
        done = daemon.run("store", "backup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not there: mount its disk, or make the folder", done.stderr)
        self.assertFalse((self.folder / "disk").exists())
        (self.folder / "disk" / "backups").mkdir(parents=True)
        wait_for(lambda: "last" in daemon.get("/api/v1/status")["backup"], "a backup")

    def test_a_restart_does_not_make_well_what_fails(self):
        daemon = self.daemon(f"backup: {{to: {self.to}, every: 1h}}\n")
        (self.to / "pieces").touch()  # A file stands where the folder would.
        for _ in range(2):
            daemon.start()
            wait_for(lambda: daemon.get("/api/v1/status")["backup"].get("trouble"), "a failure")
            status = daemon.run("status")
            self.assertEqual(status.returncode, 1)
            self.assertRegex(status.stdout, "no (good )?backup")
            self.assertIn("statewire_backup_up 0", daemon.request("GET", "/metrics").body.decode())
            daemon.stop()

    def test_what_stands_beside_a_restore_is_left_alone(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(5))
        self.back_up(daemon)
        other = self.folder / "again.unfinished"
        other.mkdir()
        (other / "mine").touch()
        refused = daemon.run("store", "restore", self.to, self.folder / "again")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is there, and not of a restore", refused.stderr)
        self.assertTrue((other / "mine").exists())
        salvage = daemon.run("store", "salvage", "--to", self.folder / "again")
        self.assertIn("is there, and not of a salvage", salvage.stderr)
        shutil.rmtree(other)
        # As a restore leaves it that was killed before it had the lock.
        other.mkdir()
        self.assertEqual(
            daemon.run("store", "restore", self.to, self.folder / "again").returncode, 0)
        self.assertFalse(other.exists())
        shutil.rmtree(self.folder / "again")
        # As a restore leaves it that was killed.
        (other / "whole").mkdir(parents=True)
        (other / "whole" / "CURRENT").touch()
        (other / "lock").touch()
        self.assertEqual(
            daemon.run("store", "restore", self.to, self.folder / "again").returncode, 0)
        self.assertFalse(other.exists())

    def test_of_two_restores_into_one_directory_one_is_refused(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(5))
        self.back_up(daemon)
        command = [daemon.statewire, "store", "restore", self.to, self.folder / "again"]
        runs = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        told = [run.communicate(timeout=60)[1] for run in runs]
        codes = sorted(run.returncode for run in runs)
        self.assertEqual(codes, [0, 1, 1, 1], told)
        self.assertFalse((self.folder / "again.unfinished").exists())
        checked = daemon.run("store", "restore", self.to, self.folder / "third")
        self.assertEqual(checked.returncode, 0)

    def test_a_directory_that_cannot_be_replaced_is_refused_with_what_to_do(self):
        daemon = self.daemon().start()
        self.back_up(daemon)
        mounted = daemon.run("store", "restore", self.to, "/proc")
        self.assertEqual(mounted.returncode, 1)
        self.assertIn("name a directory in it, such as /proc/store", mounted.stderr)
        (self.folder / "empty").mkdir()
        (self.folder / "link").symlink_to("empty")
        self.assertEqual(daemon.run("store", "restore", self.to, "link").returncode, 0)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertTrue((self.folder / "empty" / "CURRENT").exists())
        (self.folder / "dangling").symlink_to("nothing")
        dangling = daemon.run("store", "restore", self.to, "dangling")
        self.assertEqual(dangling.returncode, 1)
        self.assertIn("is a link to nothing", dangling.stderr)
        file = daemon.run("store", "restore", self.to, self.folder / "statewire.yaml")
        self.assertIn("is no directory", file.stderr)

    def test_a_backup_of_a_live_store_is_a_store_again(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(20))
        to = self.to
        made = daemon.run("store", "backup", to)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertRegex(made.stdout, r"^backup \S+ is in .*: all up to sequence 20, ")
        daemon.stop()
        shutil.rmtree(self.folder / "store")
        restored = daemon.run("store", "restore", to, self.folder / "store")
        self.assertEqual(restored.returncode, 0, restored.stdout + restored.stderr)
        self.assertEqual((self.folder / "store").stat().st_mode & 0o777, 0o700)
        daemon.start()
        listed = daemon.run("resources", "--output", "json")
        self.assertEqual(len(json.loads(listed.stdout)), 20)

    def test_a_killed_store_is_backed_up_with_its_log(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(20))
        daemon.kill()
        to = self.to
        made = daemon.run("store", "backup", to)
        self.assertEqual(made.returncode, 0, made.stderr)
        restored = daemon.run("store", "restore", to, self.folder / "restored")
        self.assertIn("20 journal entries, 20 resources", restored.stdout)
        self.assertEqual(restored.returncode, 0)

    def test_what_cannot_be_is_told_with_what_would_be_right(self):
        daemon = self.daemon()
        done = daemon.run("store", "backup", self.folder / "backups")
        self.assertIn("there is no store at", done.stderr)
        self.assertEqual(done.returncode, 1)
        nowhere = daemon.run("store", "backup")
        self.assertIn("say where to, such as s3://BUCKET/PREFIX", nowhere.stderr)
        wrong = daemon.run("store", "backup", "s3://Not_a_Bucket!/x")
        self.assertIn("wanted s3://BUCKET/PREFIX", wrong.stderr)
        self.assertEqual(daemon.run("store", "backup", "x", "--keep", "0").returncode, 2)

    def test_the_schedule_is_checked_and_follows_a_reload(self):
        daemon = self.daemon("backup: {to: store/backups, every: 1s}\n")
        checked = daemon.run("check")
        self.assertEqual(checked.returncode, 78, checked.stderr)
        self.assertIn("backup.to", checked.stderr + checked.stdout)
        daemon.write_config("")
        daemon.start()
        self.assertNotIn("backup", daemon.get("/api/v1/status"))
        daemon.write_config("backup: {to: backups, every: 1s, keep: 1}\n")
        daemon.signal(signal.SIGHUP)
        wait_for(lambda: list(self.folder.glob("backups/backups/*.json")), "a backup")
        self.assertEqual(daemon.stop(), 0)


class BackupsUnderTrouble(ProgramTest):
    """A small mix, drawn by a seed: what is listed as whole can be restored, and has all that was
    acknowledged before it; what is not is refused."""

    def test_what_is_listed_as_whole_is_a_store_with_all_that_came_before_it(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.play(random.Random(seed), self.folder / str(seed))

    def play(self, draw, top):
        top.mkdir()
        to = top / "backups"
        to.mkdir()
        self.folder, before = top, self.folder
        daemon = self.daemon().start()
        self.folder = before
        acknowledged = 0
        promised = {}  # Of each backup that was made: how many events it has at least.
        for _ in range(STEPS):
            step = draw.choice(["post", "post", "back up", "back up", "cut off", "restart", "kill",
                                "shorten", "remove", "lengthen"])
            pieces = sorted((to / "pieces").glob("*"))
            if step == "post":
                self.assertEqual(daemon.post(*some_events(10, acknowledged)).status, 202)
                acknowledged += 10
            elif step == "back up":
                made = daemon.run("store", "backup", to, "--keep", "4", "--output", "json")
                self.assertEqual(made.returncode, 0, made.stderr)
                promised[json.loads(made.stdout)["name"]] = acknowledged
                [newest] = self.rows(daemon, to)[-1:]
                self.assertTrue(newest["whole"], newest)
            elif step == "cut off":
                command = [daemon.statewire, "store", "backup", to, "--config", daemon.config]
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                time.sleep(draw.uniform(0, 0.1))
                process.kill()
                process.wait(30)
            elif step in ("restart", "kill"):
                daemon.stop() if step == "restart" else daemon.kill()
                daemon.start()
            elif pieces:
                piece = draw.choice(pieces)
                if step == "shorten":
                    os.truncate(piece, draw.randrange(max(1, piece.stat().st_size)))
                elif step == "lengthen":
                    os.truncate(piece, piece.stat().st_size + 1)
                else:
                    piece.unlink()
        self.restore_all(daemon, to, promised, top)
        daemon.stop()

    def rows(self, daemon, to):
        return json.loads(daemon.run("store", "backups", to, "--output", "json").stdout)

    def restore_all(self, daemon, to, promised, top):
        for row in self.rows(daemon, to):
            again = top / row["name"]
            done = daemon.run("store", "restore", to, again, "--backup", row["name"])
            if not row["whole"]:
                self.assertEqual(done.returncode, 65, row)
                self.assertRegex(done.stderr, "is gone|not what was written|larger")
                self.assertEqual(list(top.glob(row["name"] + "*")), [])
                continue
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("the journal gives what is stored", done.stdout)
            self.assertGreaterEqual(row["last_sequence"], promised.get(row["name"], 0))


class HangingBucket(ProgramTest):
    def test_a_bucket_that_never_answers_holds_no_signal(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            daemon = self.daemon(
                "backup: {to: 's3://backups/statewire', every: 1s}\n",
                environment={
                    "AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1",
                    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                    "AWS_EC2_METADATA_DISABLED": "true",
                },
            ).start()
            silent.settimeout(30)
            call, _ = silent.accept()
            begin = time.monotonic()
            daemon.signal(signal.SIGHUP)
            second, _ = silent.accept()
            self.assertLess(time.monotonic() - begin, 2.5)
            begin = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertLess(time.monotonic() - begin, 2.5)
            call.close()
            second.close()


if __name__ == "__main__":
    unittest.main()

"""Backups of the store in a folder; tests/aws has those in a bucket."""

import json
import shutil
import signal
import unittest

from harness import ProgramTest, instance_event, wait_for


def some_events(count):
    return [
        instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
        for number in range(count)
    ]


class BackupsInFolders(ProgramTest):
    def test_a_backup_of_a_live_store_is_a_store_again(self):
        daemon = self.daemon().start()
        daemon.post(*some_events(20))
        to = self.folder / "backups"
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
        to = self.folder / "backups"
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


if __name__ == "__main__":
    unittest.main()

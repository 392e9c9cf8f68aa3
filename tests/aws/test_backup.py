"""Backups of the store: what is lost with a disk, and what is not."""

import json
import os
import shutil
import threading
import time
import unittest

from cloud import KEYS, REGION, CloudTest, Harm
from harness import instance_event, wait_for
from receiver import Answer

PLACE = "s3://backups/statewire"
# Of some hundred events, whatever else the machine does.
RECOVERY_SECONDS_MAX = 60
DENIED = Harm(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")


def some_events(count, first=0):
    return [
        instance_event(f"i-{number:017x}", "running", "2026-11-23T09:00:00Z", f"id-{number}")
        for number in range(first, first + count)
    ]


class Load:
    """Posts events until it is stopped; knows how many were acknowledged."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.acknowledged = 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        number = 0
        while not self.is_over.is_set():
            try:
                answer = self.daemon.post(*some_events(20, number))
            except OSError:
                return
            if answer.status != 202:
                return
            number += 20
            self.acknowledged = number

    def stop(self):
        self.is_over.set()
        self.thread.join(30)


class Backups(CloudTest):
    def setUp(self):
        super().setUp()
        self.s3 = self.moto.client("s3")
        self.s3.create_bucket(
            Bucket="backups", CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def keys(self, folder):
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket="backups", Prefix=f"statewire/{folder}/"
        )
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def run_well(self, daemon, *arguments):
        done = daemon.run(*arguments, seconds=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def back_up_alone(self, daemon):
        """The daemon's own first backup may be under way."""
        return wait_for(
            lambda: (done := daemon.run("store", "backup")) and "being made" not in done.stderr and done,
            "a backup of its own",
        )

    def back_up(self, daemon, *arguments):
        return json.loads(
            self.run_well(daemon, "store", "backup", PLACE, "--output", "json", *arguments)
        )

    def resources(self, daemon):
        return {each["id"] for each in json.loads(
            self.run_well(daemon, "resources", "--output", "json"))}

    def test_a_disk_that_is_lost_under_load_loses_nothing_before_the_backup(self):
        daemon = self.cloud_daemon("").start()
        load = Load(daemon)
        wait_for(lambda: load.acknowledged >= 400, "some load")
        acknowledged_before = load.acknowledged
        made = self.back_up(daemon)
        wait_for(lambda: load.acknowledged >= acknowledged_before + 200, "more load")
        daemon.kill()
        load.stop()
        shutil.rmtree(self.folder / "store")
        begin = time.monotonic()
        told = self.run_well(daemon, "store", "restore", PLACE, str(self.folder / "store"))
        self.assertIn("the journal gives what is stored", told)
        daemon.start()
        took = time.monotonic() - begin
        print(f"restored, checked and ready after {took:.1f} s")
        self.assertLess(took, RECOVERY_SECONDS_MAX)
        status = daemon.get("/api/v1/status")
        self.assertGreaterEqual(status["journal"]["last_sequence"], made["last_sequence"])
        self.assertGreaterEqual(made["last_sequence"], acknowledged_before)
        known = self.resources(daemon)
        for event in some_events(acknowledged_before):
            self.assertIn(event["resources"][0], known)
        # What senders send again is known; what is new comes in.
        self.assertEqual(daemon.post(*some_events(load.acknowledged + 20)).status, 202)
        wait_for(lambda: len(self.resources(daemon)) == load.acknowledged + 20, "all of them")

    def test_a_store_at_rest_sends_only_what_is_new_and_keeps_so_many(self):
        daemon = self.cloud_daemon("").start()
        daemon.post(*some_events(50))
        daemon.stop()
        first = self.back_up(daemon)
        self.assertGreater(first["bytes_sent"], 0)
        again = self.back_up(daemon)
        self.assertEqual(again["bytes_sent"], 0)
        self.assertEqual(self.back_up(daemon, "--keep", "2")["bytes_sent"], 0)
        listed = json.loads(
            self.run_well(daemon, "store", "backups", PLACE, "--output", "json"))
        self.assertEqual([each["name"] for each in listed][0], again["name"])
        self.assertEqual(len(listed), 2)
        self.assertEqual(len(self.keys("backups")), 2)
        self.assertIn(again["name"], self.run_well(daemon, "store", "backups", PLACE))

    def test_a_restore_takes_the_backup_that_is_named_and_no_folder_with_something_in_it(self):
        daemon = self.cloud_daemon("").start()
        daemon.post(*some_events(10))
        first = self.back_up(daemon)
        daemon.post(*some_events(10, 10))
        self.back_up(daemon)
        to = self.folder / "restored"
        told = self.run_well(daemon, "store", "restore", PLACE, str(to), "--backup", first["name"],
                             "--no-check")
        self.assertNotIn("the journal gives", told)
        refused = daemon.run("store", "restore", PLACE, str(to))
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("is not empty", refused.stderr)
        unknown = daemon.run(
            "store", "restore", PLACE, str(self.folder / "more"), "--backup", "20200101T000000.000Z")
        self.assertIn("there is no backup 20200101T000000.000Z", unknown.stderr)
        self.assertFalse((self.folder / "more").exists())
        empty = daemon.run("store", "restore", "s3://backups/none", str(self.folder / "more"))
        self.assertIn("there is no backup in s3://backups/none", empty.stderr)
        self.assertEqual(empty.returncode, 1)
        daemon.stop()
        shutil.rmtree(self.folder / "store")
        to.rename(self.folder / "store")
        self.assertEqual(len(self.resources(daemon)), 10)

    def test_a_file_of_several_pieces_is_put_together_again(self):
        daemon = self.cloud_daemon("").start()
        daemon.stop()
        large = os.urandom((8 << 20) + 5)
        (self.folder / "store" / "999999.sst").write_bytes(large)
        self.back_up(daemon)
        sizes = [each["Size"] for each in
                 self.s3.list_objects_v2(Bucket="backups", Prefix="statewire/pieces/")["Contents"]]
        self.assertEqual(max(sizes), 8 << 20)
        self.run_well(daemon, "store", "restore", PLACE, str(self.folder / "restored"))
        self.assertEqual((self.folder / "restored" / "999999.sst").read_bytes(), large)

    def test_a_piece_that_is_not_what_was_written_is_no_store(self):
        daemon = self.cloud_daemon("").start()
        daemon.post(*some_events(10))
        daemon.stop()
        self.back_up(daemon)
        for key in self.keys("pieces"):
            self.s3.put_object(Bucket="backups", Key=key, Body=b"something else")
        done = daemon.run("store", "restore", PLACE, str(self.folder / "restored"))
        self.assertEqual(done.returncode, 65, done.stdout + done.stderr)
        self.assertIn("is not what was written", done.stderr)
        self.assertEqual(list(self.folder.glob("restored*")), [])

    def test_the_daemon_makes_them_by_its_schedule_and_says_where_it_cannot(self):
        proxy = self.proxy()
        daemon = self.cloud_daemon(f"backup: {{to: '{PLACE}', every: 2s, keep: 2}}\n", proxy)
        daemon.start()
        daemon.post(*some_events(5))
        backup = lambda: daemon.get("/api/v1/status")["backup"]
        wait_for(lambda: backup().get("last_sequence") == 5, "a backup of all")
        wait_for(lambda: len(daemon.log_text().split("a backup was made")) > 4, "three backups")
        self.assertLessEqual(len(self.keys("backups")), 3)
        self.assertEqual(daemon.run("status").returncode, 0)
        self.assertIn(f"backup to {PLACE} every 2s: the last at", daemon.run("status").stdout)
        self.assertIn("statewire_backup_up 1", daemon.request("GET", "/metrics").body.decode())
        self.assertRegex(daemon.run("doctor").stdout, "well +backup +[23] backups in s3://backups")
        proxy.judge = lambda request: DENIED
        self.assertRegex(daemon.run("doctor").stdout, "WRONG +backup .*AccessDenied")
        proxy.judge = lambda request: DENIED if request.method == "PUT" else None
        daemon.post(*some_events(5, 5))
        wait_for(lambda: backup()["old"], "a backup that is too old")
        status = daemon.run("status")
        self.assertEqual(status.returncode, 1)
        self.assertRegex(status.stdout, r"not well:\s+the last good backup is \d+s old .*AccessDenied")
        self.assertIn("statewire_backup_up 0", daemon.request("GET", "/metrics").body.decode())
        proxy.judge = lambda request: None
        wait_for(lambda: not backup()["old"], "a new backup")
        self.assertNotIn("trouble", backup())
        self.assertEqual(list((self.folder / "store").glob("copy-*")), [])

    def test_who_has_no_region_is_told_so_by_doctor(self):
        daemon = self.cloud_daemon(f"backup: {{to: '{PLACE}'}}\n")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            daemon.environment[name] = ""
        text = daemon.run("doctor").stdout
        self.assertRegex(text, "WRONG +backup .*no AWS region is known")
        self.assertRegex(text, "→ set AWS_REGION, or `region` in ~/.aws/config, for this user")
        home = self.folder / "home"
        (home / ".aws").mkdir(parents=True)
        (home / ".aws/config").write_text(f"[default]\nregion = {REGION}\n")
        daemon.environment["HOME"] = str(home)
        self.assertRegex(daemon.run("doctor").stdout, "well +backup +0 backups in s3://backups")

    def test_commands_on_an_instance_know_its_region(self):
        said = {"/latest/api/token": b"token", "/latest/meta-data/placement/region": REGION.encode()}
        instance = self.receiver(
            lambda request: Answer(200 if request.path in said else 404, {}, said.get(request.path, b""))
        )
        daemon = self.cloud_daemon(f"backup: {{to: '{PLACE}'}}\n").start()
        daemon.post(*some_events(10))
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            daemon.environment[name] = ""
        refused = self.back_up_alone(daemon)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("export AWS_REGION=REGION", refused.stderr)
        daemon.environment["AWS_EC2_METADATA_DISABLED"] = ""
        daemon.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = instance.url("")
        made = self.back_up_alone(daemon)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("backup", self.run_well(daemon, "store", "backups", PLACE))
        self.run_well(daemon, "store", "restore", PLACE, self.folder / "restored")
        self.assertRegex(daemon.run("doctor").stdout, r"well +backup +[12] backups? in s3://backups")

    def test_a_restart_goes_on_with_the_schedule(self):
        daemon = self.cloud_daemon(f"backup: {{to: '{PLACE}', every: 1h}}\n").start()
        wait_for(lambda: "last" in daemon.get("/api/v1/status")["backup"], "the first backup")
        daemon.stop()
        daemon.start()
        wait_for(lambda: "last" in daemon.get("/api/v1/status")["backup"], "what is there")
        self.assertEqual(len(self.keys("backups")), 1)
        self.assertEqual(self.back_up(daemon)["to"], PLACE)

    def test_no_secret_is_in_a_log_or_a_list(self):
        daemon = self.cloud_daemon(f"backup: {{to: '{PLACE}', every: 1h}}\n").start()
        wait_for(lambda: self.keys("backups"), "a backup")
        text = daemon.log_text() + str(
            self.s3.get_object(Bucket="backups", Key=self.keys("backups")[0])["Body"].read())
        self.assertNotIn(KEYS["AWS_SECRET_ACCESS_KEY"], text)


if __name__ == "__main__":
    unittest.main()

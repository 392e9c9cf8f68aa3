"""`make check-image`: what is in the image of containers, run as a container does it: with its user, its
root, its command and its health check. `STATEWIRE_IMAGE` names the archive. Needs root, for chroot."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import unittest

from deployed import Daemon, ProgramTest, instance_event, wait_for

IMAGE = pathlib.Path(os.environ["STATEWIRE_IMAGE"]).resolve()
BYTES_MAX = 64 << 20


class Image(ProgramTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()
        with tarfile.open(IMAGE) as archive:
            manifest, = json.load(archive.extractfile("manifest.json"))
            self.config = json.load(archive.extractfile(manifest["Config"]))["config"]
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                    files.extractall(self.root, filter="fully_trusted")
        user, _, group = self.config["User"].partition(":")
        self.user, self.group = int(user), int(group)

    def inside(self, *command):
        return ["chroot", f"--userspec={self.user}:{self.group}", str(self.root), *command]

    def files(self):
        return [path for path in self.root.rglob("*") if not path.is_symlink()]

    def test_holds_nothing_that_its_user_may_change_but_its_state(self):
        self.assertGreater(self.user, 0)
        mine = {
            str(path.relative_to(self.root))
            for path in self.files()
            if path.stat().st_uid == self.user or path.stat().st_mode & 0o002
        }
        self.assertEqual(mine, {"var/lib/statewire"})
        self.assertEqual(list(self.config["Volumes"]), ["/var/lib/statewire"])
        self.assertLess(sum(path.stat().st_size for path in self.files()), BYTES_MAX)
        self.assertEqual({path.name for path in self.root.iterdir()}, {"statewire", "var"})

    def test_runs_as_its_user_and_says_whether_it_is_well(self):
        daemon = Daemon(self.folder, "")
        self.addCleanup(daemon.end)
        (self.root / "etc/statewire").mkdir(parents=True)
        text = daemon.config.read_text().replace("store: store", "store: /var/lib/statewire/store")
        (self.root / "etc/statewire/statewire.yaml").write_text(text)
        kind, *health = self.config["Healthcheck"]["Test"]
        self.assertEqual(kind, "CMD")
        self.assertNotEqual(subprocess.run(self.inside(*health), capture_output=True).returncode, 0)
        with open(daemon.log, "wb") as log:
            daemon.process = subprocess.Popen(
                self.inside(*self.config["Entrypoint"], *self.config["Cmd"]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"]},
            )
        wait_for(daemon.is_ready, "a daemon that is ready")
        event = instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:12Z")
        self.assertEqual(daemon.post(event).json()["accepted"], 1)
        done = subprocess.run(self.inside(*health), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(daemon.stop(), 0, daemon.log_text())
        self.assertEqual((self.root / "var/lib/statewire/store").stat().st_uid, self.user)
        shutil.rmtree(self.root)


if __name__ == "__main__":
    unittest.main()

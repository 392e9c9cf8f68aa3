"""`make check-deb`: the Debian package is installed in a clean root, upgraded with its configuration
and its store kept, removed, and purged. `STATEWIRE_DEB` names it."""

import os
import pathlib
import re
import subprocess
import unittest

from deployed import Daemon, ProgramTest, instance_event

DEB = pathlib.Path(os.environ["STATEWIRE_DEB"]).resolve()
EVENT = instance_event("i-0a1b2c3d4e5f60001", "running", "2026-11-23T09:00:12Z")


class Deb(ProgramTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "root"
        for folder in ("info", "updates"):
            (self.root / "var/lib/dpkg" / folder).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        self.program = self.root / "usr/bin/statewire"
        self.configuration = self.root / "etc/statewire/statewire.yaml"
        self.store = self.root / "var/lib/statewire/store"

    def dpkg(self, *arguments):
        """In the root alone: what the package depends on is the system's."""
        done = subprocess.run(
            ["dpkg", f"--root={self.root}", "--force-depends", "--force-script-chrootless",
             "--force-not-root", "--force-confdef", "--force-confold", *arguments],
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C"),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def newer(self):
        """The same package with a later version and another configuration to begin with."""
        tree = self.folder / "newer"
        subprocess.run(["dpkg-deb", "-R", DEB, tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1.1", control.read_text()))
        with open(tree / "etc/statewire/statewire.yaml", "a") as configuration:
            configuration.write("# Of a later version.\n")
        deb = self.folder / "newer.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, deb], check=True,
                       stdout=subprocess.DEVNULL)
        return deb

    def run_daemon(self, events=()):
        """The installed program over the installed store; what it knows of resources."""
        daemon = Daemon(self.folder, "", statewire=self.program)
        daemon.config.write_text(
            daemon.config.read_text().replace("store: store", f"store: {self.store}")
        )
        self.addCleanup(daemon.end)
        daemon.start()
        if events:
            self.assertEqual(daemon.post(*events).status, 202)
        resources = daemon.run("resources", "--output", "json").stdout
        self.assertEqual(daemon.stop(), 0)
        return resources

    def test_installed_upgraded_removed_and_purged(self):
        self.dpkg("--install", str(DEB))
        for name in ("lib/systemd/system/statewire.service", "usr/share/man/man1/statewire.1.gz",
                     "usr/share/bash-completion/completions/statewire",
                     "usr/share/zsh/vendor-completions/_statewire",
                     "usr/share/fish/vendor_completions.d/statewire.fish"):
            self.assertTrue((self.root / name).is_file(), name)
        unit = (self.root / "lib/systemd/system/statewire.service").read_text()
        self.assertIn("ExecStart=/usr/bin/statewire run --config /etc/statewire/statewire.yaml", unit)
        done = subprocess.run([self.program, "check", self.configuration], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.store.parent.mkdir(parents=True, exist_ok=True)
        self.assertIn("i-0a1b2c3d4e5f60001", self.run_daemon([EVENT]))

        mine = self.configuration.read_text() + "# Mine.\n"
        self.configuration.write_text(mine)
        self.dpkg("--install", str(self.newer()))
        self.assertEqual(self.configuration.read_text(), mine)
        self.assertIn("i-0a1b2c3d4e5f60001", self.run_daemon())

        self.dpkg("--remove", "statewire")
        self.assertFalse(self.program.exists())
        self.assertEqual(self.configuration.read_text(), mine)
        self.assertTrue(any(self.store.iterdir()))

        self.dpkg("--purge", "statewire")
        self.assertFalse(self.configuration.exists())
        self.assertFalse(self.store.exists())


if __name__ == "__main__":
    unittest.main()

"""`make install` takes what was built, and nothing else; the unit is told what happens."""

import os
import signal
import socket
import subprocess
import unittest

from harness import ROOT, ProgramTest, statewire_path

FILES = [
    "bin/statewire",
    "lib/systemd/system/statewire.service",
    "share/statewire/statewire.yaml",
    "share/statewire/schema/notification/1.0.json",
    "share/statewire/prometheus/statewire.rules.yaml",
    "share/statewire/prometheus/dashboard.json",
    "share/statewire/catalog/aws/ec2.yaml",
    "share/man/man1/statewire.1",
    "share/doc/statewire/docs/operating.md",
    "share/doc/statewire/docs/statewire.yaml",
    "share/doc/statewire/LICENSE",
    "share/bash-completion/completions/statewire",
    "share/zsh/site-functions/_statewire",
    "share/fish/vendor_completions.d/statewire.fish",
]


class Install(ProgramTest):
    def install(self, build):
        return subprocess.run(
            ["make", "-C", ROOT, "install", f"BUILD={build}", f"DESTDIR={self.folder}/root",
             "PREFIX=/opt/statewire"],
            capture_output=True, text=True, check=False,
        )

    def test_a_program_that_was_built_is_installed_whole_and_stripped(self):
        build = self.folder / "build"
        build.mkdir()
        (build / "statewire").symlink_to(statewire_path())
        done = self.install(build)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(build), ["statewire"])
        root = self.folder / "root" / "opt" / "statewire"
        for name in FILES:
            self.assertTrue((root / name).is_file(), name)
        program = root / "bin" / "statewire"
        self.assertNotIn(b".symtab", program.read_bytes())
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(version.stdout, r"^statewire \d")
        unit = (root / "lib/systemd/system/statewire.service").read_text()
        self.assertIn("ExecStart=/opt/statewire/bin/statewire run ", unit)
        self.assertIn("Type=notify", unit)
        sample = root / "share" / "statewire" / "statewire.yaml"
        checked = subprocess.run([program, "check", sample], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_without_a_program_it_says_what_to_do(self):
        done = self.install(self.folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("make build", done.stderr)


class Notify(ProgramTest):
    def said(self, manager):
        return manager.recv(4096).decode()

    def test_the_service_manager_hears_when_it_is_ready_reloads_and_stops(self):
        for address in (str(self.folder / "notify"), f"\0statewire-test-{os.getpid()}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(address)
                manager.settimeout(30)
                shown = address.replace("\0", "@")
                daemon = self.daemon(environment={"NOTIFY_SOCKET": shown}).start()
                self.assertEqual(self.said(manager), "READY=1")
                daemon.signal(signal.SIGHUP)
                self.assertRegex(self.said(manager), r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
                self.assertEqual(self.said(manager), "READY=1")
                self.assertEqual(daemon.stop(), 0)
                self.assertEqual(self.said(manager), "STOPPING=1")

    def test_a_manager_that_is_not_there_is_no_matter(self):
        for path in ("/nonexistent/notify", "relative", "/" + "x" * 200):
            daemon = self.daemon(environment={"NOTIFY_SOCKET": path}).start()
            self.assertEqual(daemon.stop(), 0, path)


if __name__ == "__main__":
    unittest.main()

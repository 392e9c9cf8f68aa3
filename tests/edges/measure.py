"""What the tests of sources measure of a daemon: memory, descriptors, and how soon it hears."""

import os
import pathlib
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "e2e"))
sys.path.insert(0, str(TESTS / "aws"))

from harness import SIGHUP, wait_for  # noqa: E402

# `make edges-sources` takes the full numbers.
IS_LONG = os.environ.get("STATEWIRE_EDGES_LONG") == "1"
MIB = 1 << 20
HEARD_SECONDS = 5


def memory_mib(daemon):
    """The most that the daemon has had in memory."""
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def open_files(daemon, folder):
    """Its descriptors of files in a folder."""
    count = 0
    for entry in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir():
        try:
            count += os.readlink(entry).startswith(str(folder))
        except OSError:
            pass  # Closed meanwhile.
    return count


def hear_reload(daemon):
    """SIGHUP; how many seconds until the configuration was read again."""
    done = "the configuration was read again"
    before = daemon.log_text().count(done)
    asked = time.monotonic()
    daemon.signal(SIGHUP)
    wait_for(lambda: daemon.log_text().count(done) > before, "a reload", pause=0.02)
    return time.monotonic() - asked


def hear_stop(daemon):
    """SIGTERM; how many seconds until the program has ended."""
    asked = time.monotonic()
    status = daemon.stop()
    assert status == 0, f"it ended with {status}"
    return time.monotonic() - asked

#!/usr/bin/env python3
"""Runs what README.md shows in its ```console blocks, and compares what comes out.

A line that begins with `$ ` is a command, and what follows it is its output: `…` stands for any
text, and a line of its own for any number of lines. Commands run in a copy of the examples, beside
a daemon that has read them, on a port that is free here; `make run` shows what that daemon prints.
Blocks of other languages are not run.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))

from harness import free_port  # noqa: E402

PATIENCE_SECONDS = float(os.environ.get("STATEWIRE_TEST_PATIENCE", "60"))
SHOWN_PORT = "8484"
ANYTHING = "…"


def blocks(text):
    return re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def steps(block):
    """Pairs of a command and the output that is shown below it."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
        else:
            raise ValueError(f"output before any command: {line}")
    return found


def pattern_of(lines):
    """A regular expression for the output that `lines` show; line ends and \\r are of no account."""
    parts = []
    for line in lines:
        if line.strip() == ANYTHING:
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            pieces = [re.escape(piece) for piece in line.rstrip().split(ANYTHING)]
            parts.append(r"[^\n]*".join(pieces) + r"[ ]*\n")
    return re.compile("".join(parts))


class Demo:
    """The bundled example, in a folder of its own."""

    def __init__(self, statewire, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        shutil.copytree(ROOT / "examples", self.folder / "examples")
        # As `make run` does, but with the times that README.md shows.
        (self.folder / "var").mkdir()
        for name in ("day.jsonl", "ec2-running.json", "ec2-stopped.json"):
            there = "demo-" + name.removeprefix("ec2-")
            shutil.copy(ROOT / "examples" / name, self.folder / "var" / there)
        config = self.folder / "examples" / "statewire.yaml"
        config.write_text(config.read_text() + f"\nhttp: {{listen: 127.0.0.1:{self.port}}}\n")
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "statewire").symlink_to(statewire)
        self.environment = dict(
            os.environ,
            PATH=f"{programs}:{os.environ['PATH']}",
            STATEWIRE_CONFIG="examples/statewire.yaml",
            NO_COLOR="1",
            LC_ALL="C.UTF-8",
            TZ="UTC",
        )
        self._log = open(self.folder / "daemon.log", "wb")
        without_config = {name: value for name, value in self.environment.items()
                          if name != "STATEWIRE_CONFIG"}
        self._process = subprocess.Popen(
            ["statewire", "run", "--config", "examples/statewire.yaml"], cwd=self.folder,
            env=without_config, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)

    def close(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def wait_until_read(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        # Counts are published by turns: only what is said twice is meant of the whole journal.
        times_read = 0
        while times_read < 2:
            times_read = times_read + 1 if self._is_read() else 0
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the example is not read:\n" + self.printed()[-4000:])
            time.sleep(0.1)

    def _is_read(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with contextlib.closing(connection):
                connection.request("GET", "/api/v1/status")
                answer = connection.getresponse()
                if answer.status != 200:
                    return False
                status = json.loads(answer.read())
            return (all(source["state"] == "done" for source in status["sources"]
                        if source["kind"] != "http")
                    and all(each["lag"] == 0 for each in status["subscriptions"]))
        return False

    def printed(self):
        return (self.folder / "daemon.log").read_text(errors="replace")

    def run(self, command):
        """What the command prints, on either stream."""
        if command == "make run":
            return self.printed().replace(str(self.port), SHOWN_PORT)
        finished = subprocess.run(
            ["bash", "-c", command.replace(SHOWN_PORT, str(self.port))], cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS, check=False)
        text = finished.stdout.decode().replace("\r", "").replace(str(self.port), SHOWN_PORT)
        return text if not text or text.endswith("\n") else text + "\n"


def tidy(text):
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def run_step(demo, command, pattern):
    """Whether the command prints what it should, and what it prints."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        printed = tidy(demo.run(command))
        is_right = pattern.fullmatch(printed) is not None
        # What the daemon prints may still grow; all else is as it is.
        if is_right or command != "make run" or time.monotonic() > deadline:
            return is_right, printed
        time.sleep(0.1)


def check(demo, text):
    """How many commands there were, and how many printed something else."""
    count = wrong = 0
    for block in blocks(text):
        for command, shown in steps(block):
            count += 1
            is_right, printed = run_step(demo, command, pattern_of(shown))
            if is_right:
                continue
            wrong += 1
            print(f"--- $ {command}\nshown:\n" + "\n".join(shown) + f"\nprinted:\n{printed}")
    return count, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statewire", required=True, type=pathlib.Path)
    parser.add_argument("--document", default=ROOT / "README.md", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statewire-docs-") as folder:
        demo = Demo(options.statewire.resolve(), folder)
        try:
            demo.wait_until_read()
            count, wrong = check(demo, options.document.read_text())
        finally:
            demo.close()
    print(f"{count} commands of {options.document.name}, {wrong} wrong")
    # A document without commands is one whose blocks are no longer found.
    return 0 if count > 0 and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

"""One siege: the daemon, its attackers, the honest clients beside them, and the verdict."""

import json
import math
import os
import subprocess
import threading
import time

from attacks import ATTACKS
from harness import Daemon, instance_arn, instance_event
from honest import Excuses, Operator, Reader, Sender

LATENCY_SECONDS_MAX = 1.0  # Of 99 answers of 100.
# In a short run the worst four of some 400 decide, and a machine that does something else is late.
SHORT_SECONDS = 120
SHORT_LATENCY_SECONDS_MAX = 2.0
MEMORY_MIB_MAX = 512
STOP_SECONDS_MAX = 15
SETTLE_SECONDS_MAX = 60
ENDS_MAX = 3  # Then the siege is lost.
RESOURCES_BEFORE = 20_000  # So that a scan has something to read.

CONFIG = """
limits: {{free_disk: 16MiB, store_memory: 16MiB}}
http:
  listen: 127.0.0.1:$PORT
  tokens:
    - {{scope: ingest, token: {ingest}}}
    - {{scope: read, token: {read}}}
    - {{scope: operate, token: {operate}}}
subscriptions:
  lines:
    from: earliest
    when: {{resource: {{id: [{{prefix: "{honest}"}}]}}}}
    sink: {{kind: file, path: lines.jsonl, rotate_bytes: 1MiB}}
  people:
    from: earliest
    per_hour: {per_hour}
    sink: {{kind: stdout}}
"""


class Besieged(Daemon):
    """A daemon whose own questions carry a token."""

    token = ""

    def request(self, method, path, body=None, headers=None, **more):
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return super().request(method, path, body, headers, **more)


class Siege:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.ingest_token, self.read_token, self.operate_token = (
            f"{name}-{options.seed:08x}-of-this-siege" for name in ("ingest", "read", "operate")
        )
        self.redirect = ""  # Of the daemon's standard output, in its shell.
        self.excuses = Excuses()
        self.is_disk_full = threading.Event()
        self.was_disk_full_at = -math.inf  # When it became well again.
        self.changing = threading.RLock()  # The daemon's process, or its configuration.
        self.problems = []
        self.memory_mib = 0
        self.restarts = 0
        self.ends = 0  # Restarts that should not have been necessary.
        self._log_begin = 0  # Of the process that runs now.
        self._is_mounted = False
        self._is_over = threading.Event()
        self.daemon = Besieged(
            folder, self.config_text(0), statewire=options.statewire.resolve()
        )
        self.daemon.token = self.operate_token
        self.attacks = [ATTACKS[name](self, name) for name in options.attacks]
        self.sender = Sender(options.seed, self.daemon.port, self.ingest_token, self.excuses)
        self.honest = [
            self.sender,
            Reader(
                options.seed,
                self.daemon.port,
                self.read_token,
                self.sender.resources,
                self.excuses,
            ),
            Operator(folder / "store" / "control.sock", self.excuses),
        ]
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def config_text(self, rate):
        return CONFIG.format(
            ingest=self.ingest_token,
            read=self.read_token,
            operate=self.operate_token,
            honest=instance_arn("i-0"),
            per_hour=100_000 + rate,
        )

    def mount_store(self, size):
        """A small file system for the store; False where this machine does not allow one."""
        store = self.folder / "store"
        store.mkdir(mode=0o700)
        options = f"size={size},mode=0700"
        mount = ["mount", "-t", "tmpfs", "-o", options, "siege", str(store)]
        self._is_mounted = (
            os.geteuid() == 0
            and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        )
        return self._is_mounted

    def run(self):
        for attack in self.attacks:
            attack.prepare(is_first=True)
        self._start()
        self._fill_store()
        self._watcher.start()
        for worker in [*self.honest, *self.attacks]:
            worker.start()
        self._is_over.wait(self.options.seconds)
        for attack in self.attacks:
            self._try(lambda attack=attack: attack.finish(40), f"attack {attack._thread.name}")
        for honest in self.honest:
            self._try(lambda honest=honest: honest.finish(40), honest.name)
        self._judge_waiting()
        self._is_over.set()
        self._watcher.join()
        self._judge_end()
        return self.problems

    def _try(self, action, what):
        try:
            action()
        except Exception as fault:  # All problems are told together.
            self.problems.append(f"{what}: {fault}")

    def _start(self):
        shell = "".join(attack.shell for attack in self.attacks)
        prefix = ["sh", "-c", f'{shell}exec "$@"{self.redirect}', "sh"]
        self._log_begin = len(self.daemon.log_text())
        self.daemon.start(prefix=prefix)

    def _fill_store(self):
        """Resources that nobody besieges: a scan reads them all."""
        for first in range(0, RESOURCES_BEFORE, 2_000):
            events = [
                instance_event(f"i-1{number:016x}", "running", time.time() - 3600)
                for number in range(first, first + 2_000)
            ]
            headers = {"Authorization": f"Bearer {self.ingest_token}"}
            answer = self.daemon.post(*events, headers=headers)
            assert answer.status == 202, f"{answer.status}: {answer.body[:200]!r}"

    def signal(self, number):
        with self.changing:
            if self.daemon.process.poll() is None:
                self.daemon.signal(number)

    def _watch(self):
        """Measures memory. The daemon may end where the disk is full, with a reason: it cannot know
        what is on disk then. It is started again, as a supervisor would."""
        while not self._is_over.wait(0.1):
            status = self.daemon.process.poll()
            if status is None:
                self._measure()
                continue
            said = self.daemon.log_text()[self._log_begin :].splitlines()
            reasons = [line for line in said if "level=error" in line]
            if self._disk() == "well" or status <= 0 or not reasons:
                self.ends += 1
                self.problems.append(
                    f"the daemon ended with {status}, the disk {self._disk()}: "
                    f"{(reasons or said)[-1:]}"
                )
            if self.ends > ENDS_MAX:
                return self._is_over.set()
            self._restart()

    def _disk(self):
        # It may have ended just before.
        was_full = time.monotonic() - self.was_disk_full_at < 1
        return "full" if self.is_disk_full.is_set() or was_full else "well"

    def _restart(self):
        excuse = self.excuses.begin(is_down=True)
        while self.is_disk_full.is_set():
            time.sleep(0.05)
        with self.changing:
            self.daemon.write_config(self.config_text(0))
            self._try(self._start, "start")
        self.restarts += 1
        self.excuses.end(excuse)

    def _measure(self):
        try:
            with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
                for line in file:
                    if line.startswith("VmRSS:"):
                        self.memory_mib = max(self.memory_mib, int(line.split()[1]) // 1024)
        except OSError:
            pass  # It ended meanwhile.

    def _judge_waiting(self):
        is_short = self.options.seconds < SHORT_SECONDS
        latency_max = SHORT_LATENCY_SECONDS_MAX if is_short else LATENCY_SECONDS_MAX
        for honest in self.honest:
            if honest.percentile(0.99) > latency_max:
                self.problems.append(
                    f"the {honest.name} waited {honest.percentile(0.99):.1f} s (99 %)"
                )
            if len(honest.samples) < 20:
                self.problems.append(f"the {honest.name} got only {len(honest.samples)} answers")

    def _judge_end(self):
        if self.memory_mib > MEMORY_MIB_MAX:
            self.problems.append(f"{self.memory_mib} MiB of memory, of {MEMORY_MIB_MAX} at most")
        with self.changing:
            self.daemon.write_config(self.config_text(0))
        self._try(self._judge_losses, "what was delivered")
        if self.daemon.process.poll() is None:
            self._try(self._stop, "SIGTERM")
            self.daemon.end()
        checked = self.daemon.run("store", "check", seconds=SETTLE_SECONDS_MAX)
        if checked.returncode != 0:
            self.problems.append(f"store check: {checked.stdout[-500:]}{checked.stderr[-500:]}")

    def _stop(self):
        try:
            status = self.daemon.stop(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            status = f"nothing within {STOP_SECONDS_MAX} s"
        if status != 0:
            self.problems.append(f"SIGTERM was answered by {status}")

    def _judge_losses(self):
        """What was acknowledged is in the file, at once or after some time; the status is not
        asked, which might be wrong with the rest."""
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        acknowledged = self.sender.acknowledged
        while (lost := acknowledged - self._delivered()) and time.monotonic() < deadline:
            time.sleep(2)
        if lost or not acknowledged:
            self.problems.append(
                f"{len(lost)} of {len(acknowledged)} acknowledged events are not delivered after "
                f"{SETTLE_SECONDS_MAX} s: {sorted(lost)[:3]}"
            )

    def _delivered(self):
        """The ids of the events that the lines tell of."""
        delivered = set()
        for path in self.folder.glob("lines.jsonl*"):
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):
                        delivered.add(json.loads(line)["data"].get("origin", {}).get("id"))
        return delivered

    def summary(self):
        counts = ", ".join(f"{each._thread.name} {each.count}" for each in self.attacks)
        yield f"attacks: {counts}; {self.restarts} restarts; at most {self.memory_mib} MiB"
        yield f"{len(self.sender.acknowledged)} events acknowledged"
        for honest in self.honest:
            yield honest.summary()

    def close(self):
        self._is_over.set()
        for worker in [*self.attacks, *self.honest]:
            worker.abandon()
        self.daemon.end()
        if self._is_mounted:
            subprocess.run(["umount", str(self.folder / "store")], check=False)

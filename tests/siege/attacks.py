"""Who attacks in a siege. Each attack is bounded, so that the machine stays usable, and works in
turns of its own thread; those that only change how the daemon is started have no thread."""

import contextlib
import gzip
import http.client
import json
import os
import random
import resource
import shutil
import socket
import time

from harness import SIGHUP
from load import Worker

BODY_BYTES = 16 << 20  # What the daemon takes in one body.
FULL_SECONDS = 3
WELL_SECONDS = 9


class Attack(Worker):
    """`shell` goes before the daemon's command line in its shell."""

    shell = ""

    def __init__(self, siege, name):
        super().__init__(name)
        self.siege = siege
        self.count = 0
        self.open = []  # Connections.
        self.random = random.Random(f"{siege.options.seed} {name}")

    def prepare(self, is_first):
        """Before the daemon starts."""

    def finish(self, seconds=60):
        super().finish(seconds)
        for each in self.open:
            each.close()

    def _turn(self):
        self._is_finishing.wait(1)

    def open_one(self, first_bytes):
        """A connection more; an OSError where it is refused."""
        port = self.siege.daemon.port
        self.open.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        self.open[-1].sendall(first_bytes)
        self.count += 1

    def close_some(self, count):
        for each in self.random.sample(self.open, count):
            each.close()
            self.open.remove(each)

    def post(self, body, headers, seconds=30):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.siege.daemon.port, timeout=seconds
        )
        headers = {**headers, "Authorization": f"Bearer {self.siege.ingest_token}"}
        try:
            connection.request("POST", "/events", body, headers)
            connection.getresponse().read()
            self.count += 1
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()


class Descriptors(Attack):
    """Few files may be open."""

    shell = "ulimit -n 256; "


class AddressSpace(Attack):
    """The daemon gets 1 GiB of addresses: what would take more fails to allocate."""

    shell = "ulimit -v 1048576; "


class HalfOpen(Attack):
    """Strangers open connections and send half a head on each."""

    CONNECTIONS = 300

    def _turn(self):
        if len(self.open) >= self.CONNECTIONS:
            self.close_some(10)
            time.sleep(0.1)
        try:
            self.open_one(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ")
        except OSError:
            time.sleep(0.1)


class SlowBodies(Attack):
    """Large bodies of which all but the last byte is sent, and that never comes."""

    CONNECTIONS = 40

    def _turn(self):
        if len(self.open) >= self.CONNECTIONS:
            self.close_some(1)
        head = (
            f"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY_BYTES}\r\n"
            f"Authorization: Bearer {self.siege.ingest_token}\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            self.open_one(head.encode() + b" " * (BODY_BYTES - 1))
        time.sleep(0.2)


class TinyEvents(Attack):
    """A few KiB of gzip with millions of events that are all refused."""

    def __init__(self, siege, name):
        super().__init__(siege, name)
        self._bodies = [
            gzip.compress(b"1\n" * (8 << 20), 9),
            gzip.compress(b"[" + b"1," * (8 << 20) + b"1]", 9),
            gzip.compress(b"{}\n" * (5 << 20), 9),
        ]

    def _turn(self):
        self.post(self.random.choice(self._bodies), {"Content-Encoding": "gzip"})
        time.sleep(0.3)


class Accounts(Attack):
    """Each event of a body names an account and a type of its own."""

    EVENTS = 10_000

    def _turn(self):
        first = self.random.randrange(10**11)
        lines = [
            f'{{"version":"0","id":"{number}","source":"x{number}","detail-type":"t{number}",'
            f'"account":"{number:012}","region":"r{number}","time":"2026-11-01T00:00:00Z",'
            f'"resources":[],"detail":{{}}}}'
            for number in range(first, first + self.EVENTS)
        ]
        self.post("\n".join(lines).encode(), {})
        time.sleep(1)


class Unread(Attack):
    """Standard output is a pipe that nobody reads, and a subscription writes to it."""

    def prepare(self, is_first):
        if not is_first:
            return
        path = self.siege.folder / "unread"
        os.mkfifo(path)
        self.pipe = os.open(path, os.O_RDWR)  # Kept open, so that writing is no error.
        self.siege.redirect = f" >{path}"


class Scans(Attack):
    """Clients with a read token that ask again and again for what takes reading everything."""

    CLIENTS = 40
    PATHS = ["/api/v1/resources?query=none-has-this", "/api/v1/ledger", "/metrics"]

    def _turn(self):
        """Half of them have lost their patience and ask anew."""
        self.close_some(len(self.open) // 2)
        request = (
            f"GET {self.random.choice(self.PATHS)} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self.siege.read_token}\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            while len(self.open) < self.CLIENTS:
                self.open_one(request.encode())
        time.sleep(0.2)


class Reloads(Attack):
    """SIGHUP over and over; the configuration is another one each time, or a wrong one."""

    def _turn(self):
        text = self.siege.config_text(rate=self.count % 3)
        with self.siege.changing:
            self.siege.daemon.write_config(text + ("oops" if self.count % 7 == 6 else ""))
            self.siege.signal(SIGHUP)
        self.count += 1
        time.sleep(self.random.uniform(0, 0.2))


class FullDisk(Attack):
    """The store's disk has no byte left for some seconds, again and again. Where no file system may
    be mounted, no file of the daemon may grow instead."""

    BYTES = 1 << 30

    def prepare(self, is_first):
        if is_first:
            self.is_mounted = self.siege.mount_store(self.BYTES)
            self.filler = self.siege.folder / "store" / "filler"

    def _turn(self):
        if self._is_finishing.wait(WELL_SECONDS * self.random.uniform(0.5, 1.5)):
            return
        excuse = self.siege.excuses.begin()
        self.siege.is_disk_full.set()
        self._fill()
        self.count += 1
        self._is_finishing.wait(FULL_SECONDS)
        self._free()
        self.siege.was_disk_full_at = time.monotonic()
        self.siege.is_disk_full.clear()
        self.siege.excuses.end(excuse)

    def _fill(self):
        if not self.is_mounted:
            return self._bound_files(1 << 20)
        free = shutil.disk_usage(self.filler.parent).free
        # First nearly full, as disks fill; then wholly, without a warning.
        for rest in self.random.choice([(8 << 20,), (8 << 20, 0), (0,)]):
            with contextlib.suppress(OSError), open(self.filler, "ab") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, free - rest))
                file.write(b"x" * (1 << 20) if rest == 0 else b"")
            time.sleep(0.3)

    def _free(self):
        if self.is_mounted:
            self.filler.unlink(missing_ok=True)
        else:
            self._bound_files(resource.RLIM_INFINITY)

    def _bound_files(self, size):
        with contextlib.suppress(OSError):
            hard = resource.RLIM_INFINITY
            resource.prlimit(self.siege.daemon.process.pid, resource.RLIMIT_FSIZE, (size, hard))


ATTACKS = {
    "accounts": Accounts,
    "address_space": AddressSpace,
    "descriptors": Descriptors,
    "full_disk": FullDisk,
    "half_open": HalfOpen,
    "reloads": Reloads,
    "scans": Scans,
    "slow_bodies": SlowBodies,
    "tiny_events": TinyEvents,
    "unread": Unread,
}

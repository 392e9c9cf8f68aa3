"""A stand-in for S3: it keeps what is PUT under its key, and misbehaves now and then.

Of each line only what the oracle compares is kept.
"""

import gzip
import hashlib
import http.server
import json
import random
import threading
import time

from receiving import Told

BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
SLOW_SECONDS_MAX = 1.5


class Object:
    def __init__(self, lines):
        self.digest = hashlib.sha256(lines).digest()
        self.told = [Told(json.loads(line)) for line in lines.splitlines()]


class Bucket:
    """`objects` by key, in the order in which each was stored first."""

    def __init__(self, seed):
        self.objects = {}
        self.puts = 0
        self.problems = []
        self.is_kind = False
        self._random = random.Random(f"{seed} bucket")
        self._lock = threading.Lock()
        self._was_put = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="bucket", daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def wait_for_put(self, seconds):
        self._was_put.clear()
        self._was_put.wait(seconds)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def put(self, key, body):
        """What becomes of it: `stored`, `silent` (stored, and no answer) or `busy`."""
        self._was_put.set()
        with self._lock:
            self.puts += 1
            draw = 1.0 if self.is_kind else self._random.random()
            pause = self._random.uniform(0.2, SLOW_SECONDS_MAX)
        if draw < 0.1:
            return "busy"
        if 0.2 < draw < 0.35:
            time.sleep(pause)  # Also when its sender is gone by then.
        self._store(key, body)
        return "silent" if draw < 0.25 else "stored"

    def _store(self, key, body):
        stored = Object(gzip.decompress(body))
        with self._lock:
            before = self.objects.setdefault(key, stored)
            if before.digest != stored.digest:
                self.problems.append(f"{key} was written again with other lines")

    def _handler(self):
        bucket = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outcome = bucket.put(self.path, body)
                if outcome == "silent":
                    self.close_connection = True
                    return
                answer = BUSY if outcome == "busy" else b""
                self.send_response(503 if outcome == "busy" else 200)
                self.send_header("ETag", '"0"')
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # The program was killed.

            def log_message(self, *_):
                pass

        return Handler

"""A webhook receiver that misbehaves as it is told to.

It runs an event loop on a thread of its own. What it received is in `requests`, in the order of
arrival; other threads may read that list at any time.
"""

import asyncio
import threading
import time


class Answer:
    """What to answer: a status, `close` (the connection, without a word) or `hang`."""

    def __init__(self, status=200, headers=None, body=b"", delay=0.0):
        self.status = status
        self.headers = headers or {}
        self.body = body
        self.delay = delay


CLOSE = object()
HANG = object()


class Request:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers  # Names in lower case.
        self.body = body
        self.arrived = time.monotonic()
        self.status = None  # What was answered; None where nothing was, or not yet.


class Receiver:
    """`decide(request)` gives an Answer, CLOSE or HANG; it is called on the receiver's thread."""

    def __init__(self, decide=None):
        self.decide = decide or (lambda request: Answer())
        self.requests = []
        self.port = None
        self._loop = asyncio.new_event_loop()
        self._server = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the receiver did not start")

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def of(self, path):
        return [request for request in list(self.requests) if request.path == path]

    def accepted(self, path=None):
        return [
            request
            for request in list(self.requests)
            if (path is None or request.path == path) and request.status == 200
        ]

    def _run(self):
        asyncio.set_event_loop(self._loop)
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512, limit=1 << 20)
        self._server = self._loop.run_until_complete(serving)
        self.port = self._server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader, writer):
        try:
            while await self._serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {}
        for line in head[1:]:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(path, headers, body)
        self.requests.append(request)
        answer = self.decide(request)
        if answer is CLOSE:
            return False
        if answer is HANG:
            await reader.read(1)
            return False
        if answer.delay:
            await asyncio.sleep(answer.delay)
        lines = [f"HTTP/1.1 {answer.status} Answer", f"content-length: {len(answer.body)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        request.status = answer.status
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body)
        await writer.drain()
        return True

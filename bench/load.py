"""Sends batches over several connections at once, each with a process of its own."""

import dataclasses
import json
import multiprocessing
import resource
import socket
import time

from events import BOTO, Stream

RETRY_SECONDS = 0.02


@dataclasses.dataclass
class Sent:
    """What was answered, over all connections."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    refused_requests: int = 0  # 503, sent again.
    seconds: float = 0.0  # From the first byte to the last answer.
    began: float = 0.0  # time.monotonic()
    cpu_seconds: float = 0.0  # Of the load itself.


@dataclasses.dataclass
class Load:
    port: int
    seconds: float
    connections: int = 8
    events_per_body: int = 1000
    resources: int = 100_000
    is_live: bool = False  # The events have the time at which they are sent.
    first: int = 0  # Bodies that each connection sent before.
    agent: str = BOTO


def send(load):
    """Makes all bodies first, then sends until the time is over, and waits for the answers."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(load.connections + 1)
    results = context.Queue()
    workers = [
        context.Process(target=_send_stream, args=(load, place, start, results))
        for place in range(load.connections)
    ]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.monotonic()
    answers = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    total = Sent(began=began)
    for answer in answers:
        if isinstance(answer, str):
            raise RuntimeError("a connection failed: " + answer)
        total.accepted += answer.accepted
        total.duplicate += answer.duplicate
        total.rejected += answer.rejected
        total.refused_requests += answer.refused_requests
        total.cpu_seconds += answer.cpu_seconds
        total.seconds = max(total.seconds, answer.began + answer.seconds - began)
    return total


def _send_stream(load, place, start, results):
    stream = Stream(place, load.connections, load.resources, load.events_per_body, load.is_live,
                    load.first, load.agent)
    connection = socket.create_connection(("127.0.0.1", load.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    start.wait()
    try:
        results.put(_send_until(connection, stream, load.seconds))
    except (OSError, RuntimeError, ValueError) as error:
        results.put(str(error) or type(error).__name__)


def _send_until(connection, stream, seconds):
    sent = Sent(began=time.monotonic())
    used = _cpu_seconds()
    while time.monotonic() - sent.began < seconds:
        body = stream.next()
        status, answer = _post(connection, body.text)
        while status == 503:
            sent.refused_requests += 1
            time.sleep(RETRY_SECONDS)
            status, answer = _post(connection, body.text)
        if status != 202:
            raise RuntimeError(f"{status}: {answer[:500]!r}")
        counts = json.loads(answer)
        sent.accepted += counts["accepted"]
        sent.duplicate += counts["duplicate"]
        sent.rejected += counts["rejected"]
    sent.seconds = time.monotonic() - sent.began
    sent.cpu_seconds = _cpu_seconds() - used
    return sent


def _cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _post(connection, body):
    head = (
        "POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode())
    connection.sendall(body)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, answer = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(answer) < length:
        answer += _receive(connection)
    return int(head.split(b" ", 2)[1]), answer


def _receive(connection):
    piece = connection.recv(65536)
    if not piece:
        raise RuntimeError("the connection was closed")
    return piece

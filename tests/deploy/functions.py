"""Functions of Lambda: the runtime interface as AWS documents it, and the program behind it.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

import json
import pathlib
import queue
import re
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness import PATIENCE_SECONDS, statewire_path, wait_for

PREFIX = "/2018-06-01/runtime/"


class Answer:
    def __init__(self, kind, body, error_type=None):
        self.kind = kind  # "response" or "error"
        self.body = body
        self.error_type = error_type
        self.arrived = time.time()

    def failed_messages(self):
        assert self.kind == "response", self.body
        return [each["itemIdentifier"] for each in self.body["batchItemFailures"]]


class RuntimeInterface:
    """One function polls it: an invocation is handed out when there is one, and answered once."""

    def __init__(self):
        self.invocations = queue.Queue()
        self.answers = {}
        self.init_error = None
        self.first_poll = None
        self.is_closed = False
        interface = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                if self.path != PREFIX + "invocation/next":
                    return self.reply(404, b"{}")
                interface.first_poll = interface.first_poll or time.monotonic()
                while not interface.is_closed:
                    try:
                        name, payload, deadline = interface.invocations.get(timeout=0.2)
                    except queue.Empty:
                        continue
                    return self.reply(200, payload, {
                        "Lambda-Runtime-Aws-Request-Id": name,
                        "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                        "Lambda-Runtime-Invoked-Function-Arn":
                            "arn:aws:lambda:eu-west-1:123456789012:function:statewire",
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                    })

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = self.headers.get("Lambda-Runtime-Function-Error-Type")
                found = re.fullmatch(PREFIX + "invocation/([^/]+)/(response|error)", self.path)
                if self.path == PREFIX + "init/error":
                    interface.init_error = Answer("error", json.loads(body), kind)
                elif found and found[1] in interface.answers:
                    interface.answers[found[1]].put(Answer(found[2], json.loads(body), kind))
                else:
                    return self.reply(400, b'{"errorType":"InvalidRequestID"}')
                self.reply(202, b'{"status":"OK"}')

            def reply(self, status, body, headers=None):
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # The function was ended while it polled.

        self.server = Server(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def invoke(self, payload, seconds=PATIENCE_SECONDS):
        name = str(uuid.uuid4())
        self.answers[name] = queue.Queue()
        self.invocations.put((name, json.dumps(payload).encode(), time.time() + seconds))
        answer = self.answers[name].get(timeout=seconds + 5)
        del self.answers[name]
        return answer

    def close(self):
        self.is_closed = True
        self.server.shutdown()
        self.server.server_close()


class Function:
    """`statewire lambda`, as its bootstrap starts it."""

    def __init__(self, handler, config, environment, folder, command=None):
        self.interface = RuntimeInterface()
        self.log = folder / f"{handler}.log"
        self.started = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command or [str(statewire_path()), "lambda"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=dict(
                    environment,
                    AWS_LAMBDA_RUNTIME_API=self.interface.place,
                    _HANDLER=handler,
                    STATEWIRE_CONFIG=str(config),
                ),
            )

    def cold_start(self):
        """Milliseconds to its first poll, and those of them that processors worked on it. Of one that
        was never invoked."""
        wait_for(lambda: self.interface.first_poll, "a function that polls", pause=0.005)
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        busy = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6
        return (self.interface.first_poll - self.started) * 1000, busy

    def invoke(self, payload, **more):
        return self.interface.invoke(payload, **more)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_SECONDS)
        self.interface.close()


def record_of(message, queue_arn="arn:aws:sqs:eu-west-1:123456789012:incoming"):
    """A message of boto3's as Lambda gives it to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"stringValue": each["StringValue"], "dataType": each["DataType"]}
            for name, each in message.get("MessageAttributes", {}).items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": "eu-west-1",
    }


def batch_of(*bodies):
    """A batch of messages, m0, m1, …"""
    return {
        "Records": [
            record_of({"MessageId": f"m{number}", "ReceiptHandle": "r",
                       "Body": body if isinstance(body, str) else json.dumps(body)})
            for number, body in enumerate(bodies)
        ]
    }

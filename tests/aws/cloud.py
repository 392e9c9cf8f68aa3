"""AWS as the tests have it: moto in a process of its own, boto3 to talk to it, a proxy between it
and Statewire that can do harm, and events on a bus."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import boto3
from botocore.config import Config

from harness import ACCOUNT, REGION, ProgramTest, free_port, instance_arn, wait_for

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret-of-tests"}
HOST = "127.0.0.1"


class Moto:
    """One server; its state is forgotten by reset()."""

    def __init__(self, log, program=None):
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        program = program or [pathlib.Path(sys.executable).parent / "moto_server"]
        self.process = subprocess.Popen(
            [*program, "-H", HOST, "-p", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(os.environ, MOTO_ACCOUNT_ID=ACCOUNT),
        )
        wait_for(self.is_ready, "moto", seconds=60, pause=0.1)

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("moto ended")
        with contextlib.suppress(OSError):
            return self.get("/moto-api/data.json") is not None
        return False

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            return json.loads(body) if answer.status == 200 else None
        finally:
            connection.close()

    def reset(self):
        self.get("/moto-api/reset", "POST")

    def client(self, service, region=REGION, account=ACCOUNT):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            **self.keys(account),
            config=Config(retries={"max_attempts": 5}),
        )

    def keys(self, account):
        """As boto3 takes them. Those of another account are a role's there."""
        if account == ACCOUNT:
            return {
                "aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"],
            }
        role = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/tests", RoleSessionName="tests"
        )["Credentials"]
        return {
            "aws_access_key_id": role["AccessKeyId"],
            "aws_secret_access_key": role["SecretAccessKey"],
            "aws_session_token": role["SessionToken"],
        }

    def end(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


class Request:
    """What the proxy's judge sees."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body

    @property
    def operation(self):
        target = self.headers.get("X-Amz-Target", "")
        if target:
            return target.split(".")[-1]
        if b"Action=" in self.body[:200]:
            return self.body.split(b"Action=")[1].split(b"&")[0].decode()
        return f"{self.method} {self.path.split('?')[0]}"

    @property
    def key(self):
        """The access key that signed it."""
        return self.headers.get("Authorization", "").partition("Credential=")[2].split("/")[0]


class Harm:
    """What may happen to a request: an answer instead of moto's, a cut before or after it was
    carried out, its body rewritten, or moto's answer changed."""

    def __init__(self, status=None, body=b"", cut=None, change=None, rewrite=None, seconds=0):
        self.status = status
        self.body = body
        self.cut = cut
        self.change = change
        self.rewrite = rewrite
        self.seconds = seconds


def with_account(answer):
    """Events of moto's buses name no account, which those of AWS do."""
    received = json.loads(answer)
    for message in received.get("Messages", []):
        with contextlib.suppress(ValueError):
            event = json.loads(message["Body"])
            if isinstance(event, dict) and "detail-type" in event:
                message["Body"] = json.dumps({"account": ACCOUNT, **event})
    return json.dumps(received).encode()


class Proxy:
    """Between Statewire and moto. `judge(request)` gives a Harm, or None."""

    def __init__(self, port, judge=None):
        self.judge = judge or (lambda request: None)
        self.requests = []
        self.harmed = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, dict(self.headers), body)
                proxy.requests.append(request.operation)
                harm = proxy.judge(request)
                if harm:
                    proxy.harmed += 1
                    threading.Event().wait(harm.seconds)
                if harm and harm.cut == "before":
                    return self.cut_off()
                if harm and harm.status:
                    return self.answer(harm.status, {}, harm.body)
                if harm and harm.rewrite:
                    body = harm.rewrite(body)
                status, headers, answer = self.forward(body)
                if request.operation == "ReceiveMessage":
                    answer = with_account(answer)
                if harm and harm.cut == "after":
                    return self.cut_off()
                if harm and harm.change:
                    answer = harm.change(answer)
                self.answer(status, headers, answer)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_one

            def cut_off(self):
                self.close_connection = True
                self.connection.close()

            def forward(self, body):
                connection = http.client.HTTPConnection(HOST, port, timeout=60)
                try:
                    headers = {**self.headers, "Content-Length": str(len(body))}
                    connection.request(self.command, self.path, body, headers)
                    answer = connection.getresponse()
                    return answer.status, answer.headers, answer.read()
                finally:
                    connection.close()

            def answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "connection", "date", "server",
                                            "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # Cut connections are what this is for.

        self.server = Server((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def hide_for_seconds(body):
    """Of a receiving call: what a killed receiver had shows again soon, and not after a minute."""
    return json.dumps(dict(json.loads(body), VisibilityTimeout=3, WaitTimeSeconds=1)).encode()


class CloudTest(ProgramTest):
    """One moto for all tests of a file, emptied for each."""

    moto_program = None

    @classmethod
    def setUpClass(cls):
        cls.moto_log = open(os.environ.get("STATEWIRE_MOTO_LOG", os.devnull), "ab")
        cls.moto = Moto(cls.moto_log, cls.moto_program)

    @classmethod
    def tearDownClass(cls):
        cls.moto.end()
        cls.moto_log.close()

    def setUp(self):
        super().setUp()
        self.moto.reset()
        self.sqs = self.moto.client("sqs")
        self.events = self.moto.client("events")

    def surroundings(self, **more):
        """An environment in which nothing of this machine's AWS settings is found."""
        clean = {name: "" for name in os.environ if name.startswith("AWS_")}
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
            clean[name] = ""
        return dict(
            clean,
            HOME=str(self.folder),
            AWS_REGION=REGION,
            AWS_EC2_METADATA_DISABLED="true",
            **more,
        )

    def proxy(self, judge=None):
        proxy = Proxy(self.moto.port, judge)
        self.addCleanup(proxy.close)
        return proxy

    def cloud_daemon(self, config, proxy=None, keys=KEYS):
        """Told by its environment to find AWS behind a proxy."""
        url = (proxy or self.proxy()).url
        return self.daemon(config, environment=self.surroundings(AWS_ENDPOINT_URL=url, **keys))

    def queue(self, name):
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def queue_arn(self, name):
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def bus_to_queue(self, name="in", pattern=None):
        """A rule on the default bus that forwards EC2's events to a queue; its URL."""
        url = self.queue(name)
        self.events.put_rule(
            Name="forward", EventPattern=json.dumps(pattern or {"source": ["aws.ec2"]})
        )
        self.events.put_targets(
            Rule="forward", Targets=[{"Id": "queue", "Arn": self.queue_arn(name)}]
        )
        return url

    def put_instance_events(self, count, first=0):
        """As many instances that begin to run, told on the default bus. Their ARNs."""
        arns = []
        entries = []
        for number in range(first, first + count):
            instance = f"i-{number:017x}"
            arns.append(instance_arn(instance))
            entries.append(
                {
                    "Source": "aws.ec2",
                    "DetailType": "EC2 Instance State-change Notification",
                    "Resources": [instance_arn(instance)],
                    "Detail": json.dumps({"instance-id": instance, "state": "running"}),
                }
            )
        for at in range(0, len(entries), 10):
            answer = self.events.put_events(Entries=entries[at : at + 10])
            self.assertEqual(answer["FailedEntryCount"], 0)
        return arns

    def depth(self, url):
        """Messages that are there, seen or not."""
        attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
            "Attributes"
        ]
        return int(attributes["ApproximateNumberOfMessages"]) + int(
            attributes["ApproximateNumberOfMessagesNotVisible"]
        )

    def receive(self, url, count, seconds=60):
        """Messages of a queue until there are as many, deleted as they come."""
        messages = []

        def is_enough():
            answer = self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"],
                AttributeNames=["All"]
            )
            batch = answer.get("Messages", [])
            if batch:
                messages.extend(batch)
                self.sqs.delete_message_batch(
                    QueueUrl=url,
                    Entries=[
                        {"Id": str(i), "ReceiptHandle": each["ReceiptHandle"]}
                        for i, each in enumerate(batch)
                    ],
                )
            return len(messages) >= count and not batch

        wait_for(is_enough, f"{count} messages in {url}", seconds, pause=0.05)
        return messages

    def ledger(self, daemon, source="bus"):
        rows = [row for row in daemon.get("/api/v1/ledger") if row["source"] == source]
        self.assertTrue(all(row["adds_up"] for row in rows), rows)
        total = {}
        for row in rows:
            for name, value in row.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    total[name] = total.get(name, 0) + value
        return total

    def wait_until_received(self, daemon, count, source="bus", fate="recognised", seconds=60):
        wait_for(
            lambda: self.ledger(daemon, source).get(fate, 0) >= count,
            f"{count} events that are {fate}",
            seconds=seconds,
            pause=0.1,
        )


def notifications(messages, body=lambda message: message["Body"]):
    return [json.loads(body(message)) for message in messages]

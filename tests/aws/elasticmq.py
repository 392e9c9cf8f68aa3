"""A queue of SQS that serves thousands of messages a second, where moto serves dozens: ElasticMQ, in
memory, in a process of its own."""

import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS), str(TESTS / "e2e")]

from harness import REGION, free_port, wait_for  # noqa: E402
from packages import fetch_jars  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "elasticmq"


def client(url):
    """Of as many threads as call it."""
    # In here: a benchmark imports this before it is where the packages are.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sqs",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(max_pool_connections=64, retries={"max_attempts": 1}),
    )


class ElasticMq:
    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        jars = fetch_jars("elasticmq", HERE / "pom.xml")
        self.process = subprocess.Popen(
            ["java", "-cp", f"{jars}/*", HERE / "ElasticMq.java", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.sqs = client(self.url)
            wait_for(self.is_ready, "ElasticMQ", seconds=60, pause=0.2)
        except BaseException:
            self.end()
            raise

    def is_ready(self):
        from botocore.exceptions import BotoCoreError

        if self.process.poll() is not None:
            raise AssertionError("ElasticMQ ended")
        try:
            return self.sqs.list_queues() is not None
        except BotoCoreError:
            return False

    def end(self):
        self.process.kill()
        self.process.wait(30)

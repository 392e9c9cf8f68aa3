"""Events over HTTP from SNS and from API destinations of EventBridge.

moto's SNS delivers signed messages, by a certificate of its own that nobody may trust, and its API
destinations send no body: what AWS sends beyond that is sent here in the form that AWS documents.
"""

import base64
import http.server
import json
import threading
import unittest

from cloud import ACCOUNT, HOST, REGION, CloudTest
from harness import instance_event, run_statewire, wait_for

TOKEN = "token-of-ingest"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:changes"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class NoWayOut:
    """A proxy that lets nobody through, and remembers who wanted where."""

    def __init__(self):
        wanted = self.wanted = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def refuse(self):
                wanted.append(self.path)
                self.send_error(403)

            do_CONNECT = do_GET = refuse

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class OverHttp(CloudTest):
    def setUp(self):
        super().setUp()
        self.way_out = NoWayOut()
        self.addCleanup(self.way_out.close)

    def listening(self, topics=(TOPIC,)):
        config = (
            "http:\n  listen: 127.0.0.1:$PORT\n"
            f"  tokens: [{{scope: ingest, token: {TOKEN}}}, {{scope: read, token: look}}]\n"
            f"  topics: [{', '.join(topics)}]\n"
            "subscriptions:\n  all: {from: earliest, sink: {kind: file, path: out.jsonl}}\n"
        )
        environment = self.surroundings(https_proxy=self.way_out.url, http_proxy=self.way_out.url)
        return self.daemon(config, environment=environment).start()

    def fates(self, daemon):
        rows = daemon.get("/api/v1/ledger", headers={"Authorization": "Bearer look"})
        self.assertTrue(all(row["adds_up"] for row in rows), rows)
        return {
            fate: sum(row[fate] for row in rows)
            for fate in ("received", "recognised", "duplicate", "malformed")
        }

    def publish_to(self, daemon, name, message):
        sns = self.moto.client("sns")
        topic = sns.create_topic(Name=name)["TopicArn"]
        endpoint = f"http://{HOST}:{daemon.port}/sns"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
        sns.publish(TopicArn=topic, Message=message)
        return topic

    def test_a_signed_message_waits_for_its_certificate_from_sns_alone(self):
        daemon = self.listening()
        event = json.dumps(instance_event("i-1", "running", "2026-11-23T09:00:00Z"))
        self.assertEqual(self.publish_to(daemon, "changes", event), TOPIC)
        wait_for(
            lambda: "a certificate of SNS cannot be used" in daemon.log_text(),
            "a certificate that cannot be had",
        )
        self.assertEqual(set(self.way_out.wanted), {f"sns.{REGION}.amazonaws.com:443"})
        self.assertEqual(self.fates(daemon)["received"], 0)
        self.assertEqual(daemon.stop(), 0)

    def test_a_topic_that_is_not_allowed_is_refused_and_counted(self):
        daemon = self.listening()
        self.publish_to(daemon, "others", "{}")
        wait_for(lambda: self.fates(daemon)["malformed"] == 1, "a refusal that is counted")
        # Nothing of what a stranger sent is kept.
        refusals = daemon.get(
            "/api/v1/ledger/refusals", headers={"Authorization": "Bearer look"}
        )
        self.assertEqual(refusals, [])
        self.assertIn("the topic is not among http.topics", daemon.log_text())
        self.assertEqual(self.way_out.wanted, [])

    def test_raw_delivery_shows_a_password_where_it_is_asked_for_one(self):
        daemon = self.listening()
        body = json.dumps(instance_event("i-2", "running", "2026-11-23T09:00:00Z"))
        headers = {
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": "da41e39f-ea4d-435a-b922-c6aae3915ebe",
            "x-amz-sns-topic-arn": TOPIC,
            "x-amz-sns-subscription-arn": TOPIC + ":2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
            "x-amz-sns-rawdelivery": "true",
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
        }
        asked = daemon.request("POST", "/sns", body, headers)
        self.assertEqual(asked.status, 401)
        self.assertIn(
            'Basic realm="statewire"', ", ".join(asked.headers.get_all("WWW-Authenticate"))
        )
        headers["Authorization"] = basic("statewire", TOKEN)
        self.assertEqual(daemon.request("POST", "/sns", body, headers).status, 200)
        self.assertEqual(self.fates(daemon)["recognised"], 1)
        again = daemon.request("POST", "/sns", body, headers).json()
        self.assertEqual(again, {"accepted": 0, "duplicate": 1, "rejected": 0})

    def test_api_destinations_show_the_token_in_each_of_their_ways(self):
        daemon = self.listening()
        ways = (
            {"Authorization": f"Bearer {TOKEN}"},
            {"X-Api-Key": TOKEN},
            {"Authorization": basic("bus", TOKEN)},
        )
        for number, way in enumerate(ways):
            event = instance_event(f"i-{number}", "running", "2026-11-23T09:00:00Z")
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Amazon/EventBridge/ApiDestinations",
                "Range": "bytes=0-1048575",
                "Accept-Encoding": "gzip,deflate",
                "Connection": "close",
                **way,
            }
            answer = daemon.request("POST", "/events", json.dumps(event), headers)
            self.assertEqual(answer.status, 202, answer.body)
            headers.update({name: value + "x" for name, value in way.items()})
            refused = daemon.request("POST", "/events", json.dumps(event), headers)
            self.assertEqual(refused.status, 401)
        self.assertEqual(self.fates(daemon)["recognised"], len(ways))

    def test_a_topic_that_is_none_is_told_with_its_place(self):
        text = "version: 1\nstore: s\nhttp:\n  topics: [arn:aws-cn:sns:eu-west-1:123456789012:x]\n"
        done = run_statewire("check", self.write("wrong.yaml", text))
        self.assertEqual(done.returncode, 78)
        self.assertRegex(
            done.stdout + done.stderr, r"wrong\.yaml:4:12: .*the partition of eu-west-1 is aws"
        )


if __name__ == "__main__":
    unittest.main()

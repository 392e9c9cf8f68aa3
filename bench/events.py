"""Events for the benchmarks: always the same ones, and cheap to make anew.

Events come in pairs: a native state change of an instance, and a CloudTrail record of a call that
configures another. Every pair has the same length, about 1,800 bytes, and every field stands at
the same place in each. So a body of many events is changed by a few strided slices, one for each
character that differs, and sending it costs the load generator next to nothing.
"""

import json
import time

EVENTS_PER_PAIR = 2
PAIR_BYTES = 1800
ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGIONS = ("eu-west-1", "us-east-1")
# Long past, so that no event is ever of the future.
FIRST_SECOND = 1_704_067_200

TIME = "T" * 19  # 2024-01-01T00:00:00
NUMBER = "N" * 12  # The running number of the event, in hex; part of its id.
INSTANCE = "R" * 17  # In hex.
BOTO = "Boto3/1.34.1 "  # Who calls; an agent of Terraform's is the code's own tool.
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 "
STATE = "SSSSSSS"  # "running" or "stopped": of the same length.
ACCOUNT = "A" * 12
REGION = "GGGGGGGGG"


def native_template():
    return _compact(
        {
            "version": "0",
            "id": f"5d1c2e7a-0000-4000-8000-{NUMBER}",
            "detail-type": "EC2 Instance State-change Notification",
            "source": "aws.ec2",
            "account": ACCOUNT,
            "time": TIME + "Z",
            "region": REGION,
            "resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-{INSTANCE}"],
            "detail": {"instance-id": f"i-{INSTANCE}", "state": STATE},
        }
    )


def call_template(agent=BOTO):
    """A call whose padding brings the pair to its length, lines' ends included."""

    def with_padding(count):
        return _compact(_call(agent + "p" * count))

    missing = PAIR_BYTES - len(native_template()) - len(with_padding(0)) - EVENTS_PER_PAIR
    return with_padding(missing)


def _call(agent):
    role = "arn:aws:iam::%s:role/ci-deployer" % ACCOUNT
    return {
        "version": "0",
        "id": f"9b4e6f10-0000-4000-8000-{NUMBER}",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2",
        "account": ACCOUNT,
        "time": TIME + "Z",
        "region": REGION,
        "resources": [],
        "detail": {
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAEXAMPLEEXAMPLE123:pipeline",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ci-deployer/pipeline",
                "accountId": ACCOUNT,
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": role, "userName": "ci-deployer"},
                    "attributes": {
                        "creationDate": "2024-01-01T00:00:00Z",
                        "mfaAuthenticated": "false",
                    },
                },
            },
            "eventTime": TIME + "Z",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "ModifyInstanceAttribute",
            "awsRegion": REGION,
            "sourceIPAddress": "192.0.2.44",
            "userAgent": agent,
            "requestParameters": {
                "instanceId": f"i-{INSTANCE}",
                "disableApiTermination": {"value": True},
            },
            "responseElements": {"requestId": f"1c0f7d52-{INSTANCE}", "_return": True},
            "requestID": f"1c0f7d52-{INSTANCE}",
            "eventID": f"9b4e6f10-0000-4000-8000-{NUMBER}",
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
            "tlsDetails": {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": f"ec2.{REGION}.amazonaws.com",
            },
        },
    }


def _compact(event):
    return json.dumps(event, separators=(",", ":"))


class Body:
    """JSON lines, each resource at most once as either kind; `text` is what to send."""

    def __init__(self, native_resources, call_resources, agent):
        native, call = native_template(), call_template(agent)
        self.pairs = len(native_resources)
        self._places = _places(native + "\n" + call + "\n")
        # The last three digits of a number say which pair it is, and stay.
        self.text = bytearray(
            "".join(
                _about(native, first, pair) + "\n" + _about(call, second, pair) + "\n"
                for pair, (first, second) in enumerate(zip(native_resources, call_resources))
            ).encode()
        )
        assert len(self.text) == PAIR_BYTES * self.pairs
        self._now = {}

    @property
    def events(self):
        return self.pairs * EVENTS_PER_PAIR

    def become(self, number, second, is_running):
        """Makes other events of it: of this number, `second` seconds after the first."""
        moment = time.gmtime(FIRST_SECOND + second)
        self._write(TIME, time.strftime("%Y-%m-%dT%H:%M:%S", moment))
        self._write(STATE, "running" if is_running else "stopped")
        self._write(NUMBER, "%09x" % number)

    def _write(self, field, value):
        before = self._now.get(field, " " * len(value))
        for place in self._places[field]:
            for i, (old, new) in enumerate(zip(before, value)):
                if old != new:
                    self.text[place + i :: PAIR_BYTES] = new.encode() * self.pairs
        self._now[field] = value


def _places(pair):
    """Where each field that becomes another stands in a pair."""
    found = {}
    for field in (TIME, STATE, NUMBER):
        found[field] = [i for i in range(len(pair)) if pair.startswith(field, i)]
    return found


def _about(template, resource, pair):
    return (
        template.replace(NUMBER, NUMBER[:9] + "%03x" % pair)
        .replace(INSTANCE, "0a1b2c3d%09x" % resource)
        .replace(ACCOUNT, ACCOUNTS[resource % len(ACCOUNTS)])
        .replace(REGION, REGIONS[resource % len(REGIONS)])
    )


class Stream:
    """An endless run of bodies over resources that no other stream touches, in order of time.

    Every resource changes its state once a round; memory holds one round. `is_live`: the events
    have the time at which they are sent, and not one that is long past. `first` bodies were sent
    before, by another stream.
    """

    def __init__(self, place, places, resources, events_per_body, is_live=False, first=0,
                 agent=BOTO):
        own = list(range(place, resources, places))
        pairs = events_per_body // EVENTS_PER_PAIR
        half = len(own) // 2
        self.bodies = []
        for begin in range(0, len(own), pairs):
            indexes = range(begin, min(begin + pairs, len(own)))
            calls = [own[(i + half) % len(own)] for i in indexes]
            self.bodies.append(Body([own[i] for i in indexes], calls, agent))
        self._place = place
        self._sent = first
        self._is_live = is_live

    def next(self):
        body = self.bodies[self._sent % len(self.bodies)]
        rounds = self._sent // len(self.bodies)
        second = int(time.time()) - FIRST_SECOND if self._is_live else self._sent
        # Nine hex digits: four of the stream and five of the body.
        body.become(self._place << 20 | self._sent, second, rounds % 2 == 0)
        self._sent += 1
        return body


def write_state(path, resources):
    """A state of Terraform that declares the instances that the events are about."""

    def instance(resource):
        account = ACCOUNTS[resource % len(ACCOUNTS)]
        region = REGIONS[resource % len(REGIONS)]
        name = "i-0a1b2c3d%09x" % resource
        arn = f"arn:aws:ec2:{region}:{account}:instance/{name}"
        return {"index_key": resource, "attributes": {"arn": arn, "id": name}}

    state = {
        "version": 4,
        "serial": 1,
        "lineage": "bench",
        "resources": [
            {
                "mode": "managed",
                "type": "aws_instance",
                "name": "web",
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [instance(resource) for resource in range(resources)],
            }
        ],
    }
    path.write_text(_compact(state))


def write_file(path, events, resources):
    """JSON lines of exactly so many events; the same ones each time."""
    stream = Stream(0, 1, resources, 1000)
    left = events
    with open(path, "wb") as out:
        while left > 0:
            body = stream.next()
            pairs = min(body.pairs, left // EVENTS_PER_PAIR)
            out.write(memoryview(body.text)[: pairs * PAIR_BYTES])
            left -= pairs * EVENTS_PER_PAIR

#!/usr/bin/env python3
"""Runs the scenarios of this folder, or those that are named. README.md has the format."""

import json
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile
import traceback
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from harness import ACCOUNT, REGION, SIGHUP, Daemon, wait_for
from receiver import Answer, Receiver

LEDGER_COLUMNS = [
    "source",
    "account",
    "region",
    "received",
    "recognised",
    "ignored",
    "unrecognised",
    "duplicate",
    "too_late",
    "malformed",
    "rejected",
]
CALLERS = {
    "alice": {
        "type": "IAMUser",
        "userName": "alice",
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
    },
    "ci-deployer": {
        "type": "AssumedRole",
        "accountId": ACCOUNT,
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ci-deployer/run-4712",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "userName": "ci-deployer",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/ci-deployer",
            }
        },
    },
}
# There are credentials, but nobody answers: what is looked up stays unknown.
AWS_IS_DOWN = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
CONSOLE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 aws-sdk-go-v2/1.30"


class Statement:
    def __init__(self, line, words):
        self.line = line
        self.words = words
        self.below = []  # Indented lines, without their common indent.

    def text(self):
        return " ".join([self.words.partition(" ")[2], *self.below]).strip()


def read_statements(path):
    statements = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            statements.append(Statement(number, line.strip()))
        elif statements:
            statements[-1].below.append(line)
        else:
            raise ValueError(f"{path.name}:{number}: indented, and nothing above it")
    for statement in statements:
        indents = [len(line) - len(line.lstrip()) for line in statement.below]
        statement.below = [line[min(indents) :].rstrip() for line in statement.below]
    return statements


def with_now(text):
    """`${NOW}`, and `${NOW-5}`: five seconds before it."""
    def time_of(match):
        then = datetime.now(timezone.utc) - timedelta(seconds=int(match.group(1) or 0))
        return then.strftime("%Y-%m-%dT%H:%M:%SZ")
    return re.sub(r"\$\{NOW(?:-(\d+))?\}", time_of, text)


def complete_event(event, number):
    """An EventBridge envelope around what the scenario says."""
    return {
        "version": "0",
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "account": ACCOUNT,
        "region": REGION,
        "resources": [],
        **event,
    }


def event_of_call(call, number):
    by = call.pop("by", None)
    service = call["eventSource"].partition(".")[0]
    record = {
        "eventVersion": "1.08",
        "eventID": f"00000000-0000-4000-9000-{number:012x}",
        "eventType": "AwsApiCall",
        "eventCategory": "Management",
        "managementEvent": True,
        "readOnly": False,
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": CONSOLE if by == "alice" else TERRAFORM,
        "requestParameters": None,
        "responseElements": None,
        **({"userIdentity": CALLERS[by]} if by else {}),
        **({"sessionCredentialFromConsole": "true"} if by == "alice" else {}),
        **call,
    }
    return complete_event(
        {
            "detail-type": "AWS API Call via CloudTrail",
            "source": f"aws.{service}",
            "time": record["eventTime"],
            "detail": record,
        },
        number,
    )


class Scenario:
    def __init__(self, path, folder):
        self.path = path
        self.answers = {}  # Of a sink: [status, how often] and what comes after.
        self.taken = {}  # Of a sink: how many deliveries were compared already.
        self.receiver = Receiver(self.decide)
        self.daemon = Daemon(folder, "", environment={"SINK": self.receiver.url(""), **AWS_IS_DOWN})
        self.is_running = False
        self.posted = []
        self.reloads = 0

    def run(self):
        for statement in read_statements(self.path):
            word = statement.words.split()[0].rstrip(":")
            step = getattr(self, "do_" + ("command" if word == "$" else word), None)
            if step is None:
                raise AssertionError(f"{self.path.name}:{statement.line}: what is {word!r}?")
            try:
                if word not in ("config", "file"):
                    self.ensure_running()
                step(statement)
            except Exception as fault:
                raise AssertionError(f"{self.path.name}:{statement.line}: {fault}") from fault
        self.check_store()

    def close(self):
        self.daemon.end()
        self.receiver.close()

    def ensure_running(self):
        if not self.is_running:
            self.daemon.start()
            self.is_running = True

    def check_store(self):
        self.ensure_running()
        status = self.daemon.stop()
        assert status == 0, f"the program ended with {status}"
        checked = self.daemon.run("store", "check")
        assert checked.returncode == 0, f"store check: {checked.stdout}{checked.stderr}"

    def decide(self, request):
        status, count = self.answers.get(request.path[1:], (200, None))
        if count is not None:
            self.answers[request.path[1:]] = (status, count - 1) if count > 1 else (200, None)
        return Answer(status)

    def do_config(self, statement):
        self.daemon.write_config("\n".join(statement.below) + "\n")

    def do_file(self, statement):
        path = self.daemon.folder / statement.words.partition(" ")[2].rstrip(":")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(statement.below) + "\n")

    def do_event(self, statement):
        event = json.loads(with_now(statement.text()))
        self.post(complete_event(event, len(self.posted) + 1))

    def do_call(self, statement):
        call = json.loads(with_now(statement.text()))
        self.post(event_of_call(call, len(self.posted) + 1))

    def do_again(self, statement):
        answer = self.daemon.post(self.posted[int(statement.text()) - 1])
        assert answer.status == 202, f"{answer.status} {answer.body}"

    def post(self, event):
        self.posted.append(event)
        answer = self.daemon.post(event)
        assert answer.status == 202, f"{answer.status} {answer.body}"

    def do_deliveries(self, statement):
        _, name, *order = statement.words.split()
        wanted = statement.below
        before = self.taken.get(name, 0)

        def accepted():
            return [each.body.decode() for each in self.receiver.accepted(f"/{name}")][before:]

        try:
            wait_for(lambda: len(accepted()) >= len(wanted), f"{len(wanted)} deliveries")
            self.daemon.wait_until_settled(name)
        except AssertionError as fault:
            raise AssertionError(f"{fault}; there are {self.listed(accepted())}") from fault
        found = accepted()
        self.taken[name] = before + len(found)
        if order == ["unordered"]:
            found, wanted = sorted(found), sorted(wanted)
        if found != wanted:
            raise AssertionError(
                f"wanted {self.listed(wanted)}\nbut there are {self.listed(found)}"
            )

    @staticmethod
    def listed(lines):
        return f"{len(lines)} lines:" + "".join(f"\n  {line}" for line in lines)

    def do_sink(self, statement):
        _, name, answers, status, *count = statement.words.split()
        assert answers == "answers", "wanted: sink NAME answers STATUS [COUNT]"
        self.answers[name] = (int(status), int(count[0]) if count else None)

    def do_tried(self, statement):
        _, name, count = statement.words.split()
        wait_for(
            lambda: len(self.receiver.of(f"/{name}")) >= int(count), f"{count} requests of {name}"
        )

    def do_parked(self, statement):
        _, name, count = statement.words.split()
        path = f"/api/v1/parked?subscription={name}"
        wait_for(lambda: len(self.daemon.get(path)["parked"]) == int(count), f"{count} parked of {name}")

    def do_restart(self, statement):
        status = self.daemon.stop()
        assert status == 0, f"after SIGTERM the exit status was {status}"
        self.daemon.start()

    def do_kill(self, statement):
        self.daemon.kill()
        self.daemon.start()

    def do_reload(self, statement):
        self.reloads += 1
        self.daemon.signal(SIGHUP)
        wait_for(
            lambda: self.daemon.log_text().count("was read again") >= self.reloads, "the reload"
        )

    def do_ledger(self, statement):
        rows = [
            " ".join(str(row[column]) for column in LEDGER_COLUMNS)
            for row in self.daemon.get("/api/v1/ledger")
        ]
        wanted = [" ".join(line.split()) for line in statement.below]
        if rows != wanted:
            raise AssertionError(f"wanted {self.listed(wanted)}\nbut there are {self.listed(rows)}")
        assert all(row["adds_up"] for row in self.daemon.get("/api/v1/ledger"))

    def do_command(self, statement):
        done = self.daemon.run(*shlex.split(statement.words[1:]))
        assert done.returncode == 0, f"exit status {done.returncode}: {done.stdout}{done.stderr}"
        found = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
        if statement.below and found != statement.below:
            raise AssertionError(
                f"wanted {self.listed(statement.below)}\nbut there are {self.listed(found)}"
            )


def run_one(path):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="statewire-scenario-"))
    scenario = Scenario(path, folder)
    try:
        scenario.run()
        print(f"well    {path.stem}", flush=True)
        return True
    except Exception as fault:
        print(f"FAILED  {fault}", flush=True)
        if not isinstance(fault, AssertionError):
            traceback.print_exc()
        return False
    finally:
        scenario.close()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    paths = [pathlib.Path(path) for path in sys.argv[1:]] or sorted(HERE.glob("*.test"))
    outcomes = [run_one(path) for path in paths]
    print(f"{sum(outcomes)} of {len(outcomes)} scenarios well")
    return 0 if outcomes and all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

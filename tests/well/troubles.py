"""The troubles that a daemon can be in, each made at a real one, and all that must tell of it."""

import dataclasses
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import instance_event, wait_for
from receiver import HANG, Answer
from rocksdb import RocksDb

HTTP = "http: {listen: '127.0.0.1:$PORT', topics: ['arn:aws:sns:eu-west-1:123456789012:changes']}\n"
SOURCES = "sources:\n  trail: {kind: file, path: trail.jsonl, follow: true}\n"
OUT = (
    "subscriptions:\n"
    "  log: {format: csv, sink: {kind: file, path: out.csv}}\n"
    "  hook: {sink: {kind: webhook, url: '$URL', timeout: 60s}}\n"
)
INVENTORY = "inventory: {shop: {kind: terraform, state: none.tfstate, every: 1s}}\n"
BACKUP = "backup: {to: out.csv/backups, every: 1s}\n"  # A file stands where the folder would.
TAGS = "  owners: {hold: {for: [tags], at_most: 10m}, sink: {kind: file, path: owners.jsonl}}\n"


@dataclasses.dataclass
class Trouble:
    """What tells of it; the rest must go on to say that all is well."""

    name: str
    make: typing.Callable  # At a Scene.
    alerts: typing.Iterable[str]  # Those that fire, and no other.
    metric: str = ""  # A line of /metrics that is there, and was not before.
    status: str = ""  # A pattern of the line in which `status` tells it; its exit status is 1 then.
    readiness: int = 200
    doctor: str = ""  # A pattern of what `doctor` says is wrong; empty: all is well to it.
    check: str = ""  # The same of `check`, which looks at the configuration alone.
    outlives: bool = True  # A reload and a restart, which change nothing of it.
    settled: typing.Iterable[str] = ("log", "hook")  # Subscriptions that it leaves alone.


class Scene:
    """A daemon to which all is well, and what its troubles are made with."""

    def __init__(self, test):
        self.answer = Answer()
        self.posted = 0
        receiver = test.receiver(lambda request: self.answer)
        (test.folder / "trail.jsonl").touch()
        self.test = test
        self.out = OUT.replace("$URL", receiver.url())
        self.daemon = test.daemon(HTTP + SOURCES + self.out).start()
        self.post()
        wait_for(lambda: receiver.requests, "a first delivery")
        self.daemon.wait_until_settled("log", "hook")

    def post(self):
        self.posted += 1
        state = "running" if self.posted % 2 else "stopped"
        when = f"2026-11-23T09:{self.posted:02}:00Z"
        event = instance_event("i-0a1b2c3d4e5f60001", state, when)
        answer = self.daemon.post(event, timeout=60)
        assert answer.status == 202, answer.body

    def start_with(self, config):
        self.daemon.stop()
        self.daemon.write_config(HTTP + SOURCES + self.out + config)
        self.daemon.start(is_ready=False)

    def reload(self, config):
        self.daemon.write_config(config)
        self.daemon.signal(signal.SIGHUP)

    def free_bytes(self):
        return shutil.disk_usage(self.test.folder).free


def sink_answers(answer):
    def make(scene):
        scene.answer = answer
        scene.post()

    return make


def refuse_for_disk(scene):
    scene.start_with(f"limits: {{free_disk: {scene.free_bytes() * 2}}}\n")


def lack_disk(scene):
    scene.start_with(f"limits: {{free_disk: {int(scene.free_bytes() * 0.7)}}}\n")


def damage_a_reminder(scene):
    scene.daemon.stop()
    store = RocksDb(scene.test.folder / "store")
    store.put("reminders", b"\0\0\0", b"no reminder")
    store.close()
    scene.daemon.start()


def count_one_too_many(scene):
    """In one row of the ledger: what was received, which stands behind the format and a zero."""
    scene.daemon.stop()
    store = RocksDb(scene.test.folder / "store")
    key, value = next((k, v) for k, v in store.items("ledger") if b"http" in k and len(v) == 12)
    store.put("ledger", key, value[:2] + bytes([value[2] + 1]) + value[3:])
    store.close()
    scene.daemon.start()


def reload_nonsense(scene):
    scene.reload(HTTP + SOURCES + scene.out + "retantion: {}\n")


def lose_the_file(scene):
    scene.reload(HTTP + SOURCES.replace(", follow: true", "").replace("trail.", "none.") + scene.out)


def remove_the_file(scene):
    (scene.test.folder / "trail.jsonl").unlink()


def move_the_folder(scene):
    folder = scene.test.folder / "in"
    folder.mkdir()
    scene.reload(HTTP + SOURCES.replace("trail.jsonl", "in/*.jsonl") + scene.out)
    wait_for(lambda: "no file matches" in scene.daemon.run("status").stdout, "the new source")
    assert scene.daemon.run("status").returncode == 0, "a file may come"
    folder.rename(scene.test.folder / "away")


def lose_the_state(scene):
    scene.reload(HTTP + SOURCES + scene.out + INVENTORY)


def fail_to_back_up(scene):
    scene.reload(HTTP + SOURCES + scene.out + BACKUP)
    wait_for(lambda: scene.daemon.get("/api/v1/status").get("backup", {}).get("old"), "two missed")


def post_nonsense(scene):
    scene.daemon.request("POST", "/events", b"{nonsense")


def post_to_sns(scene):
    scene.daemon.request("POST", "/sns", b"no message")


def remove_the_subscription(scene):
    sink_answers(Answer(422, body=b"wrong"))(scene)
    wait_for(lambda: scene.daemon.subscription("hook")["parked"] == 1, "what is parked")
    scene.out = "".join(scene.out.splitlines(keepends=True)[:2])
    scene.reload(HTTP + SOURCES + scene.out)
    wait_for(lambda: len(scene.daemon.get("/api/v1/status")["subscriptions"]) == 1, "its end")


def want_tags(scene):
    scene.reload(HTTP + SOURCES + scene.out + TAGS)
    wait_for(lambda: "owners" in str(scene.daemon.get("/api/v1/status")), "the subscription")
    scene.post()


def trace_syncs(scene, seconds):
    """From now on each takes so long; returns what traces them."""
    if not shutil.which("strace"):
        scene.test.skipTest("strace is not installed")
    process = scene.daemon.process.pid
    slow = f"inject=fdatasync,fsync:delay_enter={int(seconds * 1e6)}"
    tracer = subprocess.Popen(
        ["strace", "-f", "-o", "/dev/null", "-e", slow, "-p", str(process)],
        stderr=subprocess.DEVNULL,
    )
    scene.test.addCleanup(tracer.wait, 60)
    scene.test.addCleanup(tracer.terminate)
    tasks = pathlib.Path(f"/proc/{process}/task")

    def is_attached():
        if tracer.poll() is not None:
            scene.test.skipTest("strace may not attach")
        return all("TracerPid:\t0" not in each.read_text() for each in tasks.glob("*/status"))

    wait_for(is_attached, "strace at work")
    return tracer


def sync_slowly(scene):
    tracer = trace_syncs(scene, 1.3)
    scene.post()
    tracer.terminate()
    tracer.wait(60)


def sync_never(scene):
    tracer = trace_syncs(scene, 600)
    sender = threading.Thread(target=scene.post)
    sender.start()
    scene.test.addCleanup(sender.join, 60)
    scene.test.addCleanup(tracer.terminate)  # Before the sender is waited for.


def end(scene):
    scene.daemon.stop()


TROUBLES = [
    Trouble("it does not run", end, ["StatewireAbsent"], status="no daemon serves", readiness=0),
    Trouble(
        "the disk is full",
        refuse_for_disk,
        ["StatewireDiskRefusesEvents"],
        metric='statewire_source_up{source="trail"} 0',
        status="the disk of the store is nearly full: no events are taken",
        readiness=503,
        doctor="the disk of the store is nearly full",
    ),
    Trouble("the disk is nearly full", lack_disk, ["StatewireDiskLow"]),
    Trouble("the disk is slow", sync_slowly, ["StatewireCommitsSlow"]),
    Trouble(
        "the disk does not answer",
        sync_never,
        ["StatewireCommitHangs"],
        metric="statewire_commit_hangs 1",
        status="a commit has not ended for \\d+s: the disk of the store does not answer",
        readiness=503,
        doctor="the disk of the store does not answer",
        outlives=False,  # A start has another disk, or waits for it.
    ),
    Trouble(
        "a reminder is damaged",
        damage_a_reminder,
        ["StatewireStoreDamaged"],
        metric="statewire_reminders_damaged 1",
        status="1 stored reminder cannot be read",
        doctor="1 stored reminder cannot be read",
    ),
    Trouble(
        "the ledger does not add up",
        count_one_too_many,
        ["StatewireStoreDamaged"],
        metric="statewire_ledger_adds_up 0",
        status="the ledger of source http does not add up",
        doctor="the ledger of source http does not add up",
    ),
    Trouble(
        "a reload failed",
        reload_nonsense,
        ["StatewireReloadFailed"],
        metric="statewire_config_last_reload_success 0",
        status='the last reload failed: .*retantion: unknown key; did you mean "retention"',
        doctor="retantion: unknown key",
        check="retantion: unknown key",
        outlives=False,  # There is no start with it.
    ),
    Trouble(
        "a source cannot read",
        lose_the_file,
        ["StatewireSourceDown"],
        metric='statewire_source_up{source="trail"} 0',
        status="source trail is failing: .*none.jsonl: No such file",
        doctor="source trail +.*none.jsonl: No such file",
    ),
    Trouble(
        "a followed file is gone",
        remove_the_file,
        ["StatewireSourceDown"],
        metric='statewire_source_up{source="trail"} 0',
        status="source trail is failing: .*trail.jsonl: No such file",
        doctor="source trail +.*trail.jsonl: No such file",
    ),
    Trouble(
        "the folder of followed files is away",
        move_the_folder,
        ["StatewireSourceDown"],
        metric='statewire_source_up{source="trail"} 0',
        status="source trail is failing: .*/in: No such file",
        doctor="source trail +.*/in: No such file",
    ),
    Trouble(
        "an inventory cannot be read",
        lose_the_state,
        ["StatewireInventoryUnreadable"],
        metric='statewire_inventory_up{inventory="shop"} 0',
        status="inventory shop cannot be read whole: .*/none.tfstate: no state is there",
        doctor="inventory shop cannot be read whole: .*/none.tfstate: no state is there",
    ),
    Trouble(
        "no backup can be made",
        fail_to_back_up,
        ["StatewireBackupOld"],
        metric="statewire_backup_up 0",
        status="no backup was made in .*out.csv/backups.*: Not a directory",
        doctor="no backup was made in .*out.csv/backups",
    ),
    Trouble(
        "events are no events",
        post_nonsense,
        ["StatewireEventsUnreadable"],
        metric='statewire_events_total{source="http",fate="malformed"} 1',
    ),
    Trouble(
        "messages are not of SNS",
        post_to_sns,
        ["StatewireSnsRefused", "StatewireEventsUnreadable"],
        metric='statewire_sns_refused_total{reason="malformed"} 1',
    ),
    Trouble(
        "a sink is gone",
        sink_answers(Answer(410)),
        ["StatewireSubscriptionGone"],
        metric='statewire_subscription_gone{subscription="hook"} 1',
        status="subscription hook has stopped: its sink is gone",
        settled=["log"],
        doctor="subscription hook has stopped: its sink is gone",
    ),
    Trouble(
        "a sink refuses everything",
        sink_answers(Answer(403, body=b"not you")),
        ["StatewireCircuitOpen"],
        metric='statewire_circuit_open{subscription="hook"} 1',
        status="the circuit of subscription hook is open: http 403: not you",
        settled=["log"],
        doctor="the circuit of subscription hook is open",
    ),
    Trouble(
        "a sink fails",
        sink_answers(Answer(503, {"Retry-After": "3600"}, b"later")),
        ["StatewireSubscriptionFailing"],
        metric='statewire_subscription_failing{subscription="hook"} 1',
        status="subscription hook is failing: http 503: later",
        settled=["log"],
        doctor="subscription hook is failing",
    ),
    Trouble(
        "a sink hangs",
        sink_answers(HANG),
        ["StatewireLagging"],
        metric='statewire_lag_entries{subscription="hook"} 1',
        settled=["log"],
        doctor="sink hook",
    ),
    Trouble(
        "a delivery is parked",
        sink_answers(Answer(422, body=b"wrong")),
        ["StatewireDeliveriesParked"],
        metric='statewire_parked_deliveries{subscription="hook"} 1',
        status="1 delivery of subscription hook is parked",
        doctor="1 delivery of subscription hook is parked",
    ),
    Trouble(
        "a subscription is removed, and what is parked stays",
        remove_the_subscription,
        ["StatewireDeliveriesParked"],
        metric='statewire_parked_deliveries{subscription="hook"} 1',
        status="subscription hook is not configured any more: 0 waiting, 1 parked",
        settled=["log"],
        doctor="subscription hook is not configured any more",
    ),
    Trouble(
        "tags cannot be looked up",
        want_tags,
        ["StatewireTagLookupsFail"],
        metric='statewire_tag_lookups_total{outcome="failed"} 1',
        status="tags cannot be looked up: ",
        doctor="tags cannot be looked up",
        outlives=False,  # Nothing waits for tags any more, until the next that does.
    ),
]

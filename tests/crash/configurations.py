"""The configurations that a crash run changes between, by reload or over a kill.

The beginning of an instance's id says what it is: steady `i-0`, disturbed `i-d`, of the file `i-f`;
its cause comes late `i-c`; its tags come late, and have it ignored `i-a`, or not `i-b`.
"""

from harness import instance_arn

# A small store_memory makes the store write and compact its tables while it is killed.
CONFIG = """
log: {{level: info}}
limits: {{free_disk: 16MiB, store_memory: 16MiB}}
sources:
  trail: {{kind: file, path: trail.jsonl, follow: true}}
ignore:
  - resource: {{id: [{{prefix: "{ignored}"}}, {{prefix: "{told}"}}], tags: {{monitoring: ["off"]}}}}
subscriptions:
"""
HOOK = """
  hook:
    from: earliest
    sink: {{kind: webhook, url: "{url}/hook", timeout: 2s}}
"""
OTHERS = {
    "lines": """
  lines:
    from: earliest
    sink: {{kind: file, path: lines.jsonl, rotate_bytes: 4MiB}}
""",
    "archive": """
  archive:
    from: earliest
    sink: {{kind: s3, bucket: archive, prefix: org}}
""",
    "pager": """
  pager:
    from: earliest
    when: {{resource: {{id: [{{prefix: "{caused}"}}]}}}}
    hold: {{for: [cause], at_most: {pager_ms}ms}}
    sink: {{kind: webhook, url: "{url}/pager", timeout: 2s}}
""",
    "few": """
  few:
    from: earliest
    when: {{resource: {{id: [{{prefix: "{steady}"}}]}}}}
    {few_hold}
    per_hour: {per_hour}
    sink: {{kind: webhook, url: "{url}/few", timeout: 2s}}
""",
}
HOLD = "hold: {{for: [cause], at_most: {}ms}}"
NAMES = ["hook", *OTHERS]
PAGER_MS = [1000, 1500, 3000]
FEW_MS = [None, 1000, 1500]  # None: no hold at all.
PER_HOUR = [2500, 3500, 4500]


class Configuration:
    """What varies. `absent` are subscriptions that the file does not have at present."""

    def __init__(self, pager_ms=PAGER_MS[1], few_ms=FEW_MS[1], per_hour=PER_HOUR[1], absent=()):
        self.pager_ms = pager_ms
        self.few_ms = few_ms
        self.per_hour = per_hour
        self.absent = absent

    def next(self, random, may_lower):
        """Another one. A limit that is lowered over a kill counts what was sent right before it:
        only a reload that has come to its end may do that."""
        limits = [each for each in PER_HOUR if may_lower or each >= self.per_hour]
        return Configuration(
            pager_ms=random.choice(PAGER_MS),
            few_ms=random.choice(FEW_MS),
            per_hour=random.choice(limits),
            absent=random.sample(list(OTHERS), random.choice([0, 0, 1, 2])),
        )

    def text(self, url):
        parts = [HOOK, *[OTHERS[name] for name in OTHERS if name not in self.absent]]
        return "".join([CONFIG, *parts]).format(
            url=url,
            pager_ms=self.pager_ms,
            few_hold=HOLD.format(self.few_ms) if self.few_ms else "",
            per_hour=self.per_hour,
            steady=instance_arn("i-0"),
            caused=instance_arn("i-c"),
            ignored=instance_arn("i-a"),
            told=instance_arn("i-b"),
        )

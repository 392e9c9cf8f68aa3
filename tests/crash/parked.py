"""What a person does with parked deliveries while the program is killed around them."""

import json
import random


class Parked:
    """Redriven deliveries go behind their lane: of them no order is asked."""

    def __init__(self, seed, daemon, receiving):
        self.dropped = set()  # Ids.
        self.redriven = set()
        self._random = random.Random(f"{seed} parked")
        self._daemon = daemon
        self._receiving = receiving

    def summary(self):
        return f"{len(self.redriven)} parked deliveries redriven, {len(self.dropped)} dropped"

    def listed(self):
        rows, after = [], ""
        while True:
            page = self._daemon.get(f"/api/v1/parked?limit=100{after}")
            rows += page["parked"]
            if "next" not in page:
                return rows
            after = f"&after={page['next']}"

    def act(self):
        """Redrives all, or one, or drops one. Some of the redriven are rejected again."""
        rows = self.listed()
        if not rows:
            return
        draw = self._random.random()
        if draw < 0.3:
            self._drop(self._random.choice(rows))
        elif draw < 0.6:
            row = self._random.choice(rows)
            self._forgive([row])
            self._redrive({"subscription": row["subscription"], "sequence": row["sequence"]})
        else:
            self._forgive(rows)
            self._redrive({"subscription": "hook"})

    def redrive_without_daemon(self):
        done = self._daemon.run("parked", "redrive", "--subscription", "hook", "--output", "json")
        if done.returncode not in (0, 1):
            raise AssertionError(f"parked redrive: {done.stdout[-2000:]}{done.stderr}")
        if done.returncode == 0:
            self.redriven.update(row["id"] for row in json.loads(done.stdout)["moved"])

    def redrive_all(self):
        self._redrive({})

    def _forgive(self, rows):
        for row in rows:
            if self._random.random() < 0.5:
                self._receiving.forgiven.add(row["id"])

    def _redrive(self, order):
        change = self._post("redrive", order)
        self.redriven.update(row["id"] for row in change["moved"])
        if change["moved_count"] != len(change["moved"]):
            raise AssertionError(f"{change['moved_count']} were redriven, and not all are listed")

    def _drop(self, row):
        order = {"subscription": row["subscription"], "sequence": row["sequence"]}
        for dropped in self._post("drop", order)["dropped"]:
            self.dropped.add(dropped["id"])

    def _post(self, what, order):
        answer = self._daemon.request("POST", f"/api/v1/parked/{what}", json.dumps(order).encode())
        if answer.status != 200:
            raise AssertionError(f"parked {what} was answered {answer.status}: {answer.body!r}")
        return answer.json()

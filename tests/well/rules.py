"""What alert rules make of two readings of /metrics: one while all is well, one in trouble."""

import json
import re
import subprocess

MINUTES = 30  # Each reading is held for so long.
SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
PLACE = 'job="statewire",instance="one"'


def reading_of(text):
    """({series: value}, {counters}) of the text form."""
    values, counters = {}, set()
    kinds = dict(re.findall(r"(?m)^# TYPE (\w+) (\w+)$", text))
    for line in text.splitlines():
        found = SERIES.match(line)
        if not found:
            continue
        name, labels, value = found.groups()
        series = f"{name}{{{labels + ',' if labels else ''}{PLACE}}}"
        values[series] = float(value)
        kind = kinds.get(name) or kinds.get(re.sub("_(bucket|sum|count)$", "", name))
        if kind in ("counter", "histogram"):
            counters.add(series)
    return values, counters


def notation(value, step=0.0):
    return f"{value!r}{step:+}x{MINUTES - 1}"


def series_of(well, trouble):
    """Trouble goes on as it began: counters go on growing, and so does what waits."""
    before, _ = reading_of(well)
    after, counters = reading_of(trouble)
    for series in sorted({*before, *after}):
        old, new = before.get(series), after.get(series)
        step = 0.0
        if new is not None and series in counters:
            step = max(0.0, new - (old or 0.0))
        elif new and series.startswith("statewire_lag_seconds"):
            step = 60.0
        values = [
            f"_x{MINUTES - 1}" if old is None else notation(old),
            f"_x{MINUTES - 1}" if new is None else notation(new, step),
        ]
        yield {"series": series, "values": " ".join(values)}


def firing(minute, alerts):
    """A test that in the minutes before, exactly these fired."""
    return {
        "expr": "group by (alertname) (max_over_time("
        f'ALERTS{{alertstate="firing"}}[{MINUTES - 1}m]))',
        "eval_time": f"{minute}m",
        "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in alerts],
    }


def judge(promtool, rules, cases, folder):
    """`cases`: (name, well, trouble, alerts). What promtool has against the rules; empty: nothing."""
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": list(series_of(well, trouble)),
            "promql_expr_test": [
                firing(MINUTES - 1, []),
                firing(2 * MINUTES - 1, alerts),
            ],
        }
        for name, well, trouble, alerts in cases
    ]
    file = folder / "rules_test.yaml"
    file.write_text(
        json.dumps({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": tests})
    )
    done = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr

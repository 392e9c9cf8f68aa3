"""Where we answer otherwise than event-ruler on purpose. Each is a heading of docs/patterns.md."""

import dataclasses
import typing


@dataclasses.dataclass
class Known:
    heading: str
    # Pattern and event as texts (no event: one of both refuses the pattern), our answer, theirs.
    explains: typing.Callable


KNOWN = [
]


def name_of(pattern, event, ours, theirs):
    for known in KNOWN:
        if known.explains(pattern, event, ours, theirs):
            return known.heading
    return None


def undocumented(path):
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    headings = {line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")}
    return [known.heading for known in KNOWN if known.heading not in headings]

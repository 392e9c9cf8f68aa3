#!/usr/bin/env python3
"""Fails where a document links to a file or a heading that is not there, or names one in code.

Only what lies in the repository is looked at: nothing is fetched.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("src", "docs", "tests", "bench", "fuzz", "tools", "examples", "deploy", "schema",
           "catalog", "cmake")


def documents():
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"),
                   *(ROOT / "tests").rglob("*.md")])


def anchor(heading):
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(path):
    return {anchor(line.lstrip("#")) for line in path.read_text().splitlines()
            if line.startswith("#")}


def wrong_links(path, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        linked = (path.parent / name) if name else path
        if not linked.exists():
            yield f"there is no {target}"
        elif heading and linked.suffix == ".md" and heading not in anchors(linked):
            yield f"{target}: no such heading"


def wrong_paths(text):
    """Code spans that look like a path of this repository."""
    for span in re.findall(r"`([^`\n]+)`", text):
        is_path = re.fullmatch(r"[\w./-]+", span) and span.split("/")[0] in FOLDERS
        is_invented = "name_" in span  # Of a recipe.
        if is_path and "/" in span and not is_invented and not (ROOT / span).exists():
            yield f"there is no {span}"


def main():
    wrong = []
    for path in documents():
        text = path.read_text()
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        for problem in [*wrong_links(path, prose), *wrong_paths(prose)]:
            wrong.append(f"{path.relative_to(ROOT)}: {problem}")
    print("\n".join(wrong))
    print(f"{len(documents())} documents, {len(wrong)} wrong links")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

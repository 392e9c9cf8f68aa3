"""The rows of a service as a file of the catalog: one line for each call."""
import re

from words import ONE_VARIABLE, plain, slots_in

HEAD = "# Made by tools/catalog. To correct a row, write an entry in catalog/aws/ or a line in decided.json.\n"


def quoted(text):
    return f'"{text}"' if re.search(r'[{}\[\],&*#?|<>=!%@:`"]', text) else text


def type_line(kind, is_reusable):
    """How the bare id becomes a full one; None where there is nothing to say."""
    said = []
    if kind.arn and kind.variables():
        head, parts = kind.split_arn()
        said.append(f'id: "{slots_in(head)}{{}}"')
        if len([part for part in parts if part]) > 1:
            shape = slots_in(head) + ONE_VARIABLE.sub("{}", "".join(parts))
            said.append(f'shape: "{shape}"')
    if kind.is_named_by_calls:
        said.append("arn: none")
    if is_reusable:
        said += ['name: "{}"', "reusable: true"]
    return f"  {kind.name}: {{{', '.join(said)}}}\n" if said else None


def row_line(operation, row):
    parts = [f"does: {row['does']}"]
    if "phase" in row:
        parts.append(f"phase: {row['phase']}")
    if "of" in row:
        parts.append(f"of: {row['of'] if row['of'] != '*' else quoted('*')}")
        if row["id"]:
            ways = " | ".join(row["id"])
            parts.append("id: " + (f'"{ways}"' if "{" in ways else ways))
        if row.get("each"):
            parts.append(f"each: {row['each']}")
        if row.get("state"):
            parts.append(f"state: {row['state']}")
        if row.get("after"):
            parts.append(f"after: {row['after']}s")
        if row.get("tags"):
            tags = {key: value for key, value in row["tags"].items() if key != value}
            parts.append("tags: {" + ", ".join(f"{key}: {value}" for key, value in tags.items()) + "}")
    parts.append(f"from: {row['from']}")
    if "sure" in row:
        parts.append(f"sure: {row['sure']}")
    if "differs" in row:
        parts.append(f"differs: {quoted(row['differs'])}")
    return f"  {operation}: {{{', '.join(parts)}}}\n"


def table(sources, types, rows, unknown, known_types):
    """`known_types`: those that the entries written by hand say the ids of."""
    used = {row.get("of") for row in rows.values()} - set(known_types)
    created = {row["of"]: row for row in rows.values() if row["does"] in ("create", "put") and row["id"]}
    lines = [HEAD, f"service: {sources[0] if len(sources) == 1 else '[' + ', '.join(sources) + ']'}\n"]
    said = []
    for kind in sorted(types, key=lambda each: each.name):
        if kind.name not in used:
            continue
        made = created.get(kind.name)
        # What its maker names can be made again.
        is_named = bool(made) and made["id"][-1].startswith("requestParameters") or (
            bool(kind.variables()) and plain(kind.variables()[-1]).endswith("name"))
        line = type_line(kind, is_named)
        if line:
            said.append(line)
    if said:
        lines += ["types:\n", *said]
    lines += ["calls:\n", *(row_line(name, row) for name, row in sorted(rows.items()))]
    if unknown:
        lines += ["unknown:\n", *(f"  - {name}\n" for name in unknown)]
    return "".join(lines)

"""Each path of the catalog into a request or a response leads somewhere in the shapes of the
service itself, as CloudTrail spells them. Shapes are those of botocore.

    paths_in_shapes.py [--folder CATALOG]
"""

import argparse
import pathlib
import re
import sys

import botocore.session
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "catalog"))

from shapes import EVENT_SOURCES  # noqa: E402

CHECKED_MIN = 14_000  # Paths; so that a test that finds nothing to check fails.
SKIPPED_MAX = 60      # Operations of rows that this botocore does not know.
# What CloudTrail writes in a form of its own.
BUCKET = {"bucketName", "Host"}
AS_SEEN = {  # In records of AWS, or meant so, against the shapes.
    "ebs.yaml create volume: responseElements.zone",
    "vpc.yaml configure security group: responseElements.securityGroupRuleSet.items.0.groupId",
    "secrets.yaml configure key: responseElements.keyId",
    "vpc-links.yaml delete transit gateway attachment: "
    "requestParameters.DelTGwVpcAttachReq.TransitGatewayAttachmentId",
    # Entries share a resource.
    "any-service.yaml provision product: requestParameters.provisionedProductId",
    "s3.yaml untag bucket: requestParameters.Tagging.TagSet.Tag",  # There are none: all are gone.
}


class Shapes:
    """The operations of botocore, by event source and by name."""

    def __init__(self):
        self.session = botocore.session.get_session()
        self.models = {}
        self.by_source = {}
        for name in self.session.get_available_services():
            model = self.session.get_service_model(name)
            sources = EVENT_SOURCES.get(name) or {model.signing_name, model.endpoint_prefix}
            for source in sources:
                self.by_source.setdefault(source.lower() + ".amazonaws.com", []).append(name)

    def model(self, name):
        return self.session.get_service_model(name)

    def operations(self, sources, operation):
        """The operations of that name, of whichever API has that source."""
        plain = re.sub(r"(v\d+)$", "", operation)
        plain = re.sub(r"_?\d{4}_?\d{2}_?\d{2}$", "", plain)
        found = []
        for source in sources:
            for name in self.by_source.get(source, ()):
                model = self.model(name)
                for each in (operation, plain):
                    if each in model.operation_names:
                        found.append(model.operation_model(each))
                        break
        return found


def spellings(name, member, protocol):
    """How a member may be written: with a small or a large first letter."""
    names = {name, name.lower()} if name.isupper() else {name}  # Secrets Manager's `ARN` is `arn`.
    if "-" in member.serialization.get("name", ""):  # As a URL or header has it.
        names.add(member.serialization["name"])
    if protocol == "ec2":
        names |= {member.serialization.get("name", name)}
    return {form for each in names for form in (each[:1].lower() + each[1:], each[:1].upper() + each[1:])}


class OldList:
    """A list of EC2 as its calls of before 2014 write it: `instancesSet.items[].instanceId`."""

    type_name = "old list"

    def __init__(self, shape):
        self.shape = shape
        self.member = shape.member


def old_sets(name, member):
    """What such a list may be called: its wire name or its name here, without `Id`."""
    names = {name, member.serialization.get("name", name)}
    stems = {re.sub(r"(Ids?|s)$", "", each) for each in names} | names
    return {stem[:1].lower() + stem[1:] + end for stem in stems for end in ("Set", "sSet", "IdSet")}


def step(shape, key, protocol):
    """The shapes that a key may lead to."""
    if shape.type_name == "structure":
        found = [member for name, member in shape.members.items()
                 if key in spellings(name, member, protocol)]
        if not found and protocol == "ec2":
            found = [OldList(member) for name, member in shape.members.items()
                     if member.type_name == "list" and key in old_sets(name, member)]
        return found
    if shape.type_name == "map":
        return [shape.value]
    if shape.type_name == "list":
        if key.isdigit() or protocol == "ec2" and key in ("item", "items"):
            return [shape.member]
        if protocol == "rest-xml" and key == shape.member.serialization.get("name"):
            return [shape.member]
        return step(shape.member, key, protocol)
    if shape.type_name == "old list":
        is_plain = shape.member.type_name != "structure"
        if key == "items":
            return [OldList(shape.shape)] if is_plain else [shape.member]
        wire = shape.shape.serialization.get("name", "")
        is_named = key in (wire[:1].lower() + wire[1:], "reservedInstancesId", "spotInstanceRequestId")
        return [shape.member] if is_plain and is_named else []
    if protocol == "ec2" and key == "content":  # With the number of the element beside it.
        return [shape]
    return []


def shapes_at(shapes, path, protocol):
    for key in path.split("."):
        # Where there is one element, it may stand for the list.
        shapes = [found for shape in shapes for found in step(shape, key, protocol)]
    return shapes


def roots(operation, field):
    """The shapes that requestParameters or responseElements may have, under the keys before them."""
    shape = operation.input_shape if field == "requestParameters" else operation.output_shape
    if shape is None:
        return []
    found = [shape]
    if operation.service_model.protocol in ("query", "ec2") or field == "responseElements":
        # The structure of an answer is written without its name.
        found += [each for each in shape.members.values() if each.type_name == "structure"]
    return found


def places(operation, path):
    """The shapes that a path from requestParameters or responseElements leads to."""
    field, _, rest = path.partition(".")
    name = operation.name
    protocol = operation.service_model.protocol
    for wrapped in (f"{name}Request.", f"{name}Response.", f"{name}Input.", f"{name[:1].lower() + name[1:]}Input."):
        if rest.startswith(wrapped):
            rest = rest[len(wrapped):]
    return shapes_at(roots(operation, field), rest, protocol)


def paths_of(template):
    """The paths in a template of an entry: without filters."""
    return [part.split("|")[0] for part in re.findall(r"\{([^{}]+)\}", template)]


def leads(operations, path, each):
    if path.startswith("."):
        at = [found for operation in operations for found in places(operation, each)]
        elements = [shape.member if shape.type_name == "list" else shape for shape in at]
        if path == ".":
            return bool(elements)
        return any(shapes_at([shape], path[1:], operation.service_model.protocol)
                   for operation in operations for shape in elements)
    return any(places(operation, path) for operation in operations)


class Check:
    def __init__(self, shapes):
        self.shapes = shapes
        self.checked = self.skipped = 0
        self.faults = []

    def path(self, place, operations, path, each):
        if not path.startswith(("requestParameters.", "responseElements.", ".")):
            return
        if path.startswith(".") and not each:
            return
        if path.removeprefix("requestParameters.").split(".")[0] in BUCKET:
            return
        self.checked += 1
        if not leads(operations, path, each):
            self.faults.append(f"{place}: {path}" + (f" of {each}" if path.startswith(".") else ""))

    def row(self, file, sources, name, row):
        # A file is named after the API.
        model = self.shapes.model(file.stem)
        if name not in model.operation_names:
            self.skipped += 1
            return
        operations = [model.operation_model(name)]
        ways = row.get("id", "").split(" | ") if row.get("id") else []
        paths = [path for way in ways for path in (paths_of(way) if "{" in way else [way])]
        tags = row.get("tags", {})
        paths += [tags[key] for key in ("each", "map", "removed") if key in tags]
        paths += [row[key] for key in ("state", "each") if key in row]
        for path in paths:
            self.path(f"{file.name} {name}", operations, path, row.get("each"))

    def rows(self, file):
        table = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
        for name, row in table["calls"].items():
            self.row(file, table["service"], name, row)

    def entry(self, file, entry):
        calls = entry.get("call", [])
        each = entry.get("each", "").removeprefix("detail.")
        for call in calls if isinstance(calls, list) else [calls]:
            source, name = call.split()
            operations = self.shapes.operations([source], name)
            if not operations:
                continue
            for way, paths in self.paths_of_entry(entry):
                # One of the ways of an entry for many calls.
                for path in paths:
                    self.seen.setdefault((file.name, entry["name"], way, path), []).append(
                        leads(operations, path, each))

    def paths_of_entry(self, entry):
        def texts(value):
            if isinstance(value, str):
                yield value
            elif isinstance(value, list):
                for item in value:
                    yield from texts(item)
            elif isinstance(value, dict):
                for item in value.values():
                    yield from texts(item)
        parts = {key: entry.get(key) for key in ("resource", "state", "alias", "reason", "version", "time")}
        for way in texts(parts):
            paths = [path.removeprefix("detail.") for path in paths_of(way)]
            if re.fullmatch(r"detail\.[\w.]+", way):
                paths = [way.removeprefix("detail.")]
            paths = [path for path in paths if path.startswith(("requestParameters.", "responseElements."))
                     or path.startswith(".") and entry.get("each")]
            yield way, [path for path in paths if path.split(".")[1] not in BUCKET or path.startswith(".")]

    def entries(self, file):
        self.seen = {}
        table = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
        for entry in table if isinstance(table, list) else table.get("entries") or []:
            if "call" in entry:
                self.entry(file, entry)
        for (name, entry, _, path), led in self.seen.items():
            self.checked += 1
            if not any(led) and f"{name} {entry}: {path}" not in AS_SEEN:
                self.faults.append(f"{name} {entry}: {path}")


def can_fail(shapes):
    """Paths that lead nowhere are found to."""
    functions = shapes.operations(["lambda.amazonaws.com"], "CreateFunction20150331v2")
    instances = shapes.operations(["ec2.amazonaws.com"], "RunInstances")
    return (functions and leads(functions, "requestParameters.functionName", None)
            and not leads(functions, "requestParameters.function", None)
            and not leads(functions, "responseElements.functionName.arn", None)
            and leads(instances, ".instanceId", "responseElements.instancesSet.items")
            and not leads(instances, ".groupId", "responseElements.instancesSet.items"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "catalog" / "aws")
    options = parser.parse_args()
    check = Check(Shapes())
    if not can_fail(check.shapes):
        sys.exit("the check itself is broken")
    for file in sorted((options.folder / "generated").glob("*.yaml")):
        check.rows(file)
    for file in sorted([*options.folder.glob("*.yaml"), *(options.folder / "native").glob("*.yaml")]):
        check.entries(file)
    print(*check.faults, sep="\n")
    print(f"{check.checked} paths, {len(check.faults)} lead nowhere, "
          f"{check.skipped} operations are not in this botocore")
    if check.faults or check.skipped > SKIPPED_MAX or check.checked < CHECKED_MIN:
        sys.exit(1)


if __name__ == "__main__":
    main()

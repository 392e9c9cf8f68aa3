"""Where a call names its resource, if none of the usual places does: in a structure or a list."""
import re

from identity import KINDS, kind_of
from words import call_field, plain, singular, split

GENERIC = set(KINDS) | {"identifier", "resourcearn"}
DEPTH_MAX = 3
# They are about what was tried, not about what is there.
OTHERS = ("fail", "error", "unprocessed", "tag", "filter", "unsuccessful", "source")


class Place:
    """A scalar somewhere in a request or response: `path` leads to it, from the element of `each`
    where that is not None."""

    def __init__(self, path, name, outer, each=None):
        self.path = path
        self.name = plain(name)
        self.outer = outer  # What is around it, plain.
        self.each = each


def ec2_list(service, member, name):
    """(how the list is written, how an element of it is)."""
    wire = member.get("locationName", name)
    return wire[:1].upper() + wire[1:]


def places_of_ec2(service, operation, is_request):
    """Newer calls write the request as XML has it, and each element with its number."""
    members = service.input(operation) if is_request else service.output(operation)
    root = f"requestParameters.{operation}Request." if is_request else (
        f"responseElements.{operation}Response.")
    for name, member in members.items():
        shape = service.shape_of(member)
        if shape["type"] != "list":
            continue
        each = root + (ec2_list(service, member, name) if is_request
                       else member.get("locationName", name) + ".item")
        inner = service.shapes[shape["member"]["shape"]]
        if inner["type"] == "string":
            yield Place(".content" if is_request else ".", singular(name), "", each)
        for field, at in inner.get("members", {}).items():
            if service.is_scalar(at):
                wire = ec2_list(service, at, field) if is_request else at.get("locationName", field)
                yield Place("." + wire, field, plain(singular(name)), each)


def places_in(service, members, path, outer="", each=None, depth=0):
    for name, member in members.items():
        if plain(name).startswith(OTHERS):
            continue
        shape, at = service.shape_of(member), f"{path}.{call_field(name)}"
        if service.is_scalar(member):
            yield Place(at, name, outer, each)
        elif shape["type"] == "structure" and depth < DEPTH_MAX:
            yield from places_in(service, shape["members"], at, plain(name), each, depth + 1)
        elif shape["type"] == "list" and each is None and depth < DEPTH_MAX:
            inner = service.shapes[shape["member"]["shape"]]
            word = re.sub(r"(List|Set|Ids|Arns|Names)$", lambda found: {
                "Ids": "Id", "Arns": "Arn", "Names": "Name"}.get(found[0], ""), name)
            if inner["type"] == "string":
                yield Place(".", singular(word), outer, at)
            elif inner["type"] == "structure":
                yield from places_in(service, inner["members"], "", plain(singular(word)), at, depth + 1)


def places(service, operation, is_create):
    """All places, those in the request first, but of what is made those in the response."""
    if service.protocol == "ec2":
        found = [list(places_of_ec2(service, operation, each)) for each in (True, False)]
    else:
        found = [list(places_in(service, service.input(operation), "requestParameters")),
                 list(places_in(service, service.output(operation), "responseElements"))]
    return found[1] + found[0] if is_create else found[0] + found[1]


def fits(place, names, nouns):
    """Whether it is called so; a bare `id` or `name` is that of what is around it."""
    if place.name not in names:
        return False
    if place.name not in GENERIC:
        return True
    outer = re.sub(r"^(new|old|update|input)|(update|input|request|details|specification|entry)$", "",
                   place.outer)
    return outer in nouns or (place.outer == "" and place.each is None)


def further_paths(service, operation, kind, names, is_create):
    """(path to a list or None, [the bare id or ARN]); ([]) where there is none."""
    found = places(service, operation, is_create)
    nouns = {*kind.nouns, *(singular(each) for each in kind.nouns)}
    arns = {noun + "arn" for noun in nouns} | {"arn"}
    if not kind.is_named_by_calls:
        for place in found:
            if fits(place, arns, nouns):
                return place.each, [place.path]
    if not names.variables:
        return None, []
    where, each, taken = [], None, set()
    for variable in names.variables:
        wanted = names.of[variable]
        if variable == names.variables[-1]:
            wanted = wanted + [noun + end for noun in sorted(nouns) for end in ("id", "name", "identifier")]
        best = [place for name in wanted for place in found
                if fits(place, [name], nouns) and place.path not in taken
                and (place.each is None or each in (None, place.each))]
        if not best:
            return None, []
        where.append(best[0].path)
        taken.add(best[0].path)
        each = each or best[0].each
    parts = [part for part in kind.split_arn()[1] if part]
    if len(parts) == 1:
        return each, where
    picks = iter(where)
    return each, ["".join("{" + next(picks) + "}" if part.startswith("${") else part for part in parts)]

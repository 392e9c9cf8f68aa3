"""Where we answer otherwise than event-ruler on purpose. Each is a heading of docs/patterns.md.

A predicate sees one disagreement and says whether the difference explains it. It is narrow: what
the difference is about must stand in the pattern or the event.
"""

import dataclasses
import decimal
import functools
import json
import re
import typing


@dataclasses.dataclass
class Case:
    pattern: str
    event: str  # None: one of both refuses the pattern.
    ours: str
    theirs: str

    @property
    def is_refusal(self):
        return self.event is None

    @property
    def we_refuse(self):
        return self.is_refusal and self.ours.startswith("refused")

    @property
    def they_refuse(self):
        return self.is_refusal and not self.we_refuse

    @property
    def is_match(self):
        """Both have read pattern and event, and differ in whether it matches."""
        return not self.is_refusal and "E" not in (self.ours, self.theirs)


@dataclasses.dataclass
class Known:
    heading: str
    explains: typing.Callable


@functools.lru_cache(maxsize=4)
def look(text):
    """Keys, texts and numbers of JSON, and whether some object has a key twice. None: no JSON."""
    keys, texts, numbers, has_twice = [], [], [], []

    def of_object(pairs):
        found = [key for key, _ in pairs]
        keys.extend(found)
        # A key with dots repeats what it begins with.
        has_twice.append(len(set(found)) != len(found) or any(
            other.startswith(key + ".") for key in found for other in found))
        for _, value in pairs:
            collect(value)
        return {}

    def collect(value):
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    def of_number(number):
        numbers.append(number)

    def of_constant(name):
        raise ValueError(f"{name} is no JSON")

    try:
        collect(json.loads(text, object_pairs_hook=of_object, parse_int=of_number,
                           parse_float=of_number, parse_constant=of_constant))
    except (ValueError, RecursionError):
        return None
    return keys, texts, numbers, any(has_twice)


def keys_of(case):
    found = [look(case.pattern), look(case.event or "{}")]
    return [key for each in found if each for key in each[0]]


def texts_of(case):
    found = [look(case.pattern), look(case.event or "{}")]
    return [text for each in found if each for text in each[1]]


def has_more_than_a_double(text):
    """A number that is not the shortest form of a double, or too far from 1 for event-ruler."""
    found = look(text)
    for number in found[2] if found else ():
        if decimal.Decimal(number) != decimal.Decimal(repr(float(number))):
            return True
        if number.strip("-0.") and abs(decimal.Decimal(number).adjusted()) >= 16:
            return True
    return False


def many_digits(case):
    if case.they_refuse:
        return has_more_than_a_double(case.pattern) and ("compare number" in case.theirs
                                                         or is_fallen_back(case))
    # Only a pattern that asks for a number can be at variance with one of the event.
    return case.is_match and bool(look(case.pattern)[2]) and (
        has_more_than_a_double(case.pattern) or has_more_than_a_double(case.event))


def is_fallen_back(case):
    """event-ruler reads a pattern again, in an older language, where it cannot read it at first."""
    return re.search("Unrecognized match type|must be a string|Unsupported anything-but",
                     case.theirs) is not None


def beyond_five_billion(case):
    return case.we_refuse and "wanted a number from -5e+09 to 5e+09" in case.ours


def too_large(case):
    return case.we_refuse and "fits neither 64 bits nor a double" in case.ours


def letters_beyond_ascii(case):
    return (case.is_match and "equals-ignore-case" in look(case.pattern)[0]
            and any(not text.isascii() for text in texts_of(case)))


ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%.*)?")


def addresses_as_text(case):
    found = look(case.pattern)
    return (case.is_match and case.ours == "0" and "cidr" not in found[0]
            and any(ADDRESS.fullmatch(text) for text in found[1]))


def asks_for_a_network(case):
    return case.is_match and "cidr" in look(case.pattern)[0]


def ipv4_in_ipv6(case):
    return case.is_match and any("::ffff:" in text.lower() for text in texts_of(case))


def number_as_address(case):
    return asks_for_a_network(case) and case.ours == "0" and bool(look(case.event)[2])


def networks_of_the_other_family(case):
    return asks_for_a_network(case) and any(text.endswith("/0") for text in look(case.pattern)[1])


def keys_that_come_twice(case):
    if case.is_refusal:
        return case.we_refuse and "here twice" in case.ours
    found = look(case.event)
    return case.is_match and found is not None and found[3]


def or_as_a_field(case):
    if "$or" not in keys_of(case):
        return False
    if case.we_refuse:
        return "$or" in case.ours
    return case.is_match and "$or" in look(case.event)[0]


def field_beside_or(case):
    """A key on both sides of a $or of one object."""
    def is_so(node):
        if not isinstance(node, dict):
            return False
        inside = [branch for branch in node.get("$or", []) if isinstance(branch, dict)]
        return any(key in branch for branch in inside for key in node) or any(
            is_so(each) for each in [*node.values(), *inside])

    return case.is_match and is_so(json.loads(case.pattern))


def absence_inside_arrays(case):
    compact = re.sub(r"\s", "", json.dumps(json.loads(case.pattern)))
    return case.is_match and '"exists":false' in compact and "[" in case.event


def quotes(case):
    found = look(case.pattern)
    return (case.is_match and {"prefix", "suffix", "wildcard"} & set(found[0])
            and any('"' in text for text in found[1]))


def alternatives_in_the_way(case):
    """A wildcard beside an anything-but, of which one would do."""
    def is_so(node):
        if isinstance(node, dict):
            return any(map(is_so, node.values()))
        if not isinstance(node, list):
            return False
        names = {key for each in node if isinstance(each, dict) for key in each}
        return {"wildcard", "anything-but"} <= names or any(map(is_so, node))

    return case.is_match and case.ours == "1" and is_so(json.loads(case.pattern))


def not_json(case):
    return (not case.is_refusal and "E" in (case.ours, case.theirs)
            and (look(case.event) is None or "\\ud" in case.event.lower()))


def empty_keys(case):
    return case.is_match and "" in keys_of(case)


def text_after_the_pattern(case):
    return case.we_refuse and "wanted the end of the text" in case.ours


KNOWN = [
    Known("Numbers beyond a limit", beyond_five_billion),
    Known("Numbers that do not fit", too_large),
    Known("Text after the pattern", text_after_the_pattern),
    Known("Repeated keys", keys_that_come_twice),
    Known("Events that are not JSON", not_json),
    Known("`$or` as the name of a field", or_as_a_field),
    Known("A field beside `$or` and in it", field_beside_or),
    Known("Empty keys", empty_keys),
    Known("Case", letters_beyond_ascii),
    Known("IPv4 in IPv6", ipv4_in_ipv6),
    Known("A number is no address", number_as_address),
    Known("Networks of the other family", networks_of_the_other_family),
    Known("An address is a string", addresses_as_text),
    Known("Numbers with more digits than a double has", many_digits),
    Known("Absence does not depend on the names of fields", absence_inside_arrays),
    Known("Quotes are no part of a string", quotes),
    Known("A wildcard beside anything-but", alternatives_in_the_way),
]


def name_of(pattern, event, ours, theirs):
    case = Case(pattern, event, ours, theirs)
    for known in KNOWN:
        if known.explains(case):
            return known.heading
    return None


def undocumented(path):
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    headings = {line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")}
    return [known.heading for known in KNOWN if known.heading not in headings]

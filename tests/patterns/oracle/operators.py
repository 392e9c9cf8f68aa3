"""Every operator: how one is written, what it is for an event to meet it, and nearly to meet it.

Whether an event really matches is not decided here: that is asked of both engines.
"""

import decimal
import ipaddress

import values
from values import Raw


class Operator:
    """`make(chosen)` gives an argument; `test(argument)` what stands in the pattern."""

    def __init__(self, name, make, test, hit, miss=None):
        self.name, self.make, self.test, self.hit = name, make, test, hit
        self.miss = miss or (lambda chosen, argument: values.scalar(chosen))


def near_text(chosen, argument):
    return values.mutated(chosen, argument) if chosen.random() < 0.7 else values.scalar(chosen)


def some_text(chosen):
    return values.text(chosen) or "a"


def some_texts(chosen):
    return [some_text(chosen) for _ in range(chosen.randint(1, 4))]


def some_numbers(chosen):
    return [values.number(chosen) for _ in range(chosen.randint(1, 4))]


def raw_numbers(numbers):
    return [Raw(number) for number in numbers]


def wildcard(chosen):
    """Pieces between asterisks, escaped as the language wants it."""
    pieces = [values.text(chosen, 3) for _ in range(chosen.randint(1, 4))]
    pieces = [piece for i, piece in enumerate(pieces) if piece or i in (0, len(pieces) - 1)]
    return "*".join(p.replace("\\", "\\\\").replace("*", "\\*") for p in pieces)


def wildcard_hit(chosen, argument):
    out, at = [], 0
    while at < len(argument):
        if argument[at] == "\\":
            at += 1
            out.append(argument[at])
        elif argument[at] == "*":
            out.append(values.text(chosen, 3))
        else:
            out.append(argument[at])
        at += 1
    return "".join(out)


def wildcard_miss(chosen, argument):
    return near_text(chosen, wildcard_hit(chosen, argument))


def excluded(name, make, wrap, hits):
    """anything-but: met by any value but those that `hits` makes."""
    return Operator(name, make, lambda argument: pairs("anything-but", wrap(argument)),
                    lambda chosen, argument: values.scalar(chosen), hits)


def pairs(key, value):
    return ((key, value),)


def one_of(hit):
    return lambda chosen, argument: hit(chosen, chosen.choice(argument))


def numeric(name, sign, moves):
    def near(chosen, argument):
        return Raw(values.notation(chosen, chosen.choice((argument,
                                                          values.shifted(chosen, argument)))))

    def hit(chosen, argument):
        exact = decimal.Decimal(argument)
        moved = exact + moves(chosen) * decimal.Decimal(chosen.choice(("1", "0.000001", "1000")))
        return Raw(values.notation(chosen, f"{moved:f}"))

    return Operator(name, values.number, lambda argument: pairs("numeric", [sign, Raw(argument)]),
                    hit, lambda chosen, argument: near(chosen, argument)
                    if chosen.random() < 0.7 else values.scalar(chosen))


def numeric_range(chosen):
    low = decimal.Decimal(values.number(chosen))
    high = low + decimal.Decimal(chosen.choice(("1", "0.5", "10", "2000000")))
    return (chosen.choice((">", ">=")), f"{low:f}", chosen.choice(("<", "<=")), f"{high:f}")


def range_hit(chosen, argument):
    low, high = decimal.Decimal(argument[1]), decimal.Decimal(argument[3])
    at = chosen.choice((low, high, (low + high) / 2, low + decimal.Decimal("0.000001")))
    return Raw(values.notation(chosen, f"{at:f}"))


def range_miss(chosen, argument):
    end = chosen.choice((argument[1], argument[3]))
    return Raw(values.notation(chosen, chosen.choice((end, values.shifted(chosen, end)))))


def network(version, longest):
    def make(chosen):
        bits = chosen.randint(8, longest)
        return ipaddress.ip_network(f"{values.address(chosen, version)}/{bits}", strict=False)
    return make


def cidr(name, version, longest):
    return Operator(name, network(version, longest),
                    lambda argument: pairs("cidr", str(argument)),
                    values.address_in,
                    lambda chosen, argument: values.address_outside(chosen, argument)
                    if chosen.random() < 0.7 else values.scalar(chosen))


def ignoring_case(key):
    return lambda argument: pairs(key, pairs("equals-ignore-case", argument))


def same(chosen, argument):
    return argument


def with_suffix(chosen, argument):
    return argument + values.text(chosen, 3)


def with_prefix(chosen, argument):
    return values.text(chosen, 3) + argument


ABSENT = object()

OPERATORS = [
    Operator("exact string", values.text, lambda argument: argument, same, near_text),
    Operator("exact number", values.number, Raw,
             lambda chosen, argument: Raw(values.notation(chosen, argument)),
             lambda chosen, argument: chosen.choice((
                 Raw(values.shifted(chosen, argument)), argument, values.scalar(chosen)))),
    Operator("exact boolean", lambda chosen: chosen.random() < 0.5, lambda argument: argument, same,
             lambda chosen, argument: chosen.choice((
                 not argument, str(argument).lower(), None, values.scalar(chosen)))),
    Operator("exact null", lambda chosen: None, lambda argument: argument, same,
             lambda chosen, argument: chosen.choice(("null", "", False, ABSENT))),
    Operator("prefix", values.text, lambda a: pairs("prefix", a), with_suffix, near_text),
    Operator("prefix ignore-case", values.text, ignoring_case("prefix"),
             lambda chosen, a: with_suffix(chosen, values.other_case(chosen, a)), near_text),
    Operator("suffix", values.text, lambda a: pairs("suffix", a), with_prefix, near_text),
    Operator("suffix ignore-case", values.text, ignoring_case("suffix"),
             lambda chosen, a: with_prefix(chosen, values.other_case(chosen, a)), near_text),
    Operator("equals-ignore-case", values.text, lambda a: pairs("equals-ignore-case", a),
             values.other_case, near_text),
    Operator("wildcard", wildcard, lambda a: pairs("wildcard", a), wildcard_hit, wildcard_miss),
    numeric("numeric =", "=", lambda chosen: 0),
    numeric("numeric <", "<", lambda chosen: -1),
    numeric("numeric <=", "<=", lambda chosen: chosen.choice((0, -1))),
    numeric("numeric >", ">", lambda chosen: 1),
    numeric("numeric >=", ">=", lambda chosen: chosen.choice((0, 1))),
    Operator("numeric range", numeric_range,
             lambda a: pairs("numeric", [a[0], Raw(a[1]), a[2], Raw(a[3])]), range_hit, range_miss),
    cidr("cidr v4", 4, 31),
    cidr("cidr v6", 6, 127),
    Operator("exists: true", lambda chosen: True, lambda a: pairs("exists", a),
             lambda chosen, a: values.scalar(chosen),
             lambda chosen, a: chosen.choice((ABSENT, (), [], (("z", 1),)))),
    Operator("exists: false", lambda chosen: False, lambda a: pairs("exists", a),
             lambda chosen, a: chosen.choice((ABSENT, ABSENT, (), [], (("z", 1),))),
             lambda chosen, a: values.scalar(chosen)),
    excluded("anything-but string", some_text, lambda a: a, same),
    excluded("anything-but number", values.number, Raw,
             lambda chosen, a: Raw(values.notation(chosen, a))),
    excluded("anything-but strings", some_texts, lambda a: a, one_of(same)),
    excluded("anything-but numbers", some_numbers, raw_numbers,
             one_of(lambda chosen, a: Raw(values.notation(chosen, a)))),
]

for _key, _make, _hit in (("prefix", some_text, with_suffix), ("suffix", some_text, with_prefix),
                          ("equals-ignore-case", some_text, values.other_case),
                          ("wildcard", wildcard, wildcard_hit)):
    OPERATORS.append(excluded(f"anything-but {_key}", _make,
                              lambda a, key=_key: pairs(key, a), _hit))
    OPERATORS.append(excluded(f"anything-but {_key} list",
                              lambda chosen, make=_make: [make(chosen) for _ in
                                                          range(chosen.randint(1, 3))],
                              lambda a, key=_key: pairs(key, a), one_of(_hit)))

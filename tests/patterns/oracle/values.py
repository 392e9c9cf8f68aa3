"""Values that tell operators apart: texts, numbers in many notations, addresses."""

import decimal
import ipaddress

# Few letters, so that texts meet; and what JSON, wildcards and quotes make difficult.
PLAIN = "abAB01"
TRICKY = ["*", "\\", '"', "/", " ", ".", "\u0001", "\u007f", "é", "É", "日", "😀", "\u2028", "'", "{"]
WORDS = ["running", "Running", "stopped", "aws.ec2", "i-0abc", "true", "null", "300", "3e2", "",
         "a*b", "a\\b", "10.0.0.1", "::1", "AWS::EC2::Instance", "ab", "AB", "aab", "aabb"]
NUMBERS = ["0", "1", "-1", "2", "5", "10", "300", "301.8", "3.14", "-122.416009", "0.1", "0.000001",
           "1000000", "4999999999", "-4999999999.5", "123456789012"]
# At and beyond what a double holds, and what event-ruler compares as numbers.
FAR_NUMBERS = ["5000000000", "-5000000000", "5000000000.000001", "9007199254740993",
               "9223372036854775807", "9223372036854775808", "18446744073709551615",
               "18446744073709551616", "123456789012345678901234567890", "1e308", "1e-300",
               "0.1000000000000000055511151231257827", "0.30000000000000004",
               "1.7976931348623157e308"]


class Raw:
    """A value as JSON text, as it stands."""

    def __init__(self, text):
        self.text = text


def text(chosen, longest=5):
    kind = chosen.random()
    if kind < 0.2:
        return chosen.choice(WORDS)
    letters = [chosen.choice(PLAIN) for _ in range(chosen.randint(0, longest))]
    if kind < 0.35 and letters:
        letters[chosen.randrange(len(letters))] = chosen.choice(TRICKY)
    return "".join(letters)


def other_case(chosen, value):
    """Letters of ASCII in any case."""
    return "".join(chosen.choice((c.upper(), c.lower())) if c.isascii() else c for c in value)


def mutated(chosen, value):
    """Nearly the same text."""
    at = chosen.randint(0, len(value))
    return chosen.choice((
        value[:at] + chosen.choice(PLAIN) + value[at:], value[:at] + value[at + 1:],
        value.swapcase() if value.isascii() else value[::-1], value[::-1], value + value,
        " " + value, value[:at]))


def number(chosen):
    if chosen.random() < 0.06:
        return chosen.choice(FAR_NUMBERS)
    if chosen.random() < 0.5:
        return chosen.choice(NUMBERS)
    return str(decimal.Decimal(chosen.randint(-5_000, 5_000)).scaleb(-chosen.randint(0, 3)))


def notation(chosen, value):
    """The same number, written in some other way."""
    exact = decimal.Decimal(value)
    forms = [value, f"{exact:f}", f"{exact:e}", f"{exact:E}".replace("E+", "E")]
    plain = f"{exact:f}"
    if len(plain) < 40:
        forms += [plain + "0" if "." in plain else plain + ".0", plain + "e0", plain + "E+0"]
        if "." not in plain and plain.strip("-") != "0":
            forms += [plain + "00e-2"]
    return chosen.choice(forms)


def shifted(chosen, value):
    """A number near `value`, or far from it."""
    exact = decimal.Decimal(value)
    step = decimal.Decimal(chosen.choice(("1", "0.1", "0.000001", "100", "1000000")))
    moved = exact + chosen.choice((-1, 1)) * step * chosen.randint(1, 3)
    return f"{moved:f}"


def address(chosen, version):
    """An address of few networks."""
    if version == 4:
        return str(ipaddress.IPv4Address((10 << 24) + (chosen.randrange(3) << 16)
                                         + (chosen.randrange(3) << 8) + chosen.randrange(256)))
    return str(ipaddress.IPv6Address((0x20010db8 << 96) + (chosen.randrange(3) << 80)
                                     + (chosen.randrange(3) << 64) + chosen.randrange(1 << 16)))


def address_in(chosen, network):
    size = network.num_addresses
    at = chosen.choice((0, size - 1, chosen.randrange(size)))
    return written_address(chosen, network[at])


def address_outside(chosen, network):
    size = network.num_addresses
    first, most = int(network.network_address), 2 ** network.max_prefixlen
    at = chosen.choice((first - 1, first + size, first + size + chosen.randrange(1 << 20)))
    return written_address(chosen, type(network.network_address)(at % most))


def written_address(chosen, value):
    if value.version == 6 and chosen.random() < 0.3:
        return chosen.choice((value.exploded, str(value).upper()))
    return str(value)


def scalar(chosen):
    """Anything that a leaf of an event may be."""
    kind = chosen.randrange(8)
    if kind < 3:
        return text(chosen)
    if kind < 5:
        return Raw(notation(chosen, number(chosen)))
    if kind == 5:
        return address(chosen, chosen.choice((4, 6)))
    return chosen.choice((True, False, None))


def written_text(chosen, value):
    """JSON of a text: some characters escaped that need not be, in either case."""
    out = []
    for c in value:
        if c in '"\\':
            out.append("\\" + c)
        elif ord(c) < 32 or chosen.random() < 0.02:
            units = c.encode("utf-16-be")
            codes = [int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2)]
            out += [f"\\u{code:04{chosen.choice('xX')}}" for code in codes]
        elif c == "/" and chosen.random() < 0.5:
            out.append("\\/")
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def written(chosen, value):
    """JSON of a value. Objects are lists of pairs in a tuple, so that a key may come twice."""
    blank = " " if chosen.random() < 0.05 else ""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, str):
        return written_text(chosen, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        pairs = (f"{written_text(chosen, key)}:{blank}{written(chosen, each)}"
                 for key, each in value)
        return "{" + blank + ("," + blank).join(pairs) + blank + "}"
    return "[" + blank + ("," + blank).join(written(chosen, each) for each in value) + "]"

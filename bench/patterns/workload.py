"""The events and the rules of the table, always the same ones.

Events have the shape of lots of a city as GeoJSON, some 640 bytes each. Rules have the shapes of
event-ruler's own benchmarks: five a row, and sets that grow to a million.
"""

import json
import random

EVENTS = 200_000
SIZES = (1, 100, 10_000, 1_000_000)
STREET_TYPES = ("ST", "AVE", "BLVD", "DR", "WAY", "CT", "LN", "TER", "PL", "")
CONSONANTS, VOWELS = "BCDFGHJKLMNPRSTVWZ", "AEIOUY"
X, Y = -122.45, 37.75  # The middle of the city.


def street_names():
    """1,500 words of two to four syllables: as many as a city has streets."""
    chosen = random.Random(1)
    names = set()
    while len(names) < 1_500:
        word = "".join(chosen.choice(CONSONANTS) + chosen.choice(VOWELS)
                       for _ in range(chosen.randint(2, 4)))
        names.add(word + chosen.choice(("", "N", "KE", "TON", "R", "ING")))
    return sorted(names)


def write_events(path, count=EVENTS):
    chosen = random.Random(2)
    streets = street_names()
    with open(path, "w", encoding="utf-8") as out:
        for _ in range(count):
            x = X + chosen.uniform(-0.05, 0.05)
            y = Y + chosen.uniform(-0.05, 0.05)
            points = [f'{{"x":{x + chosen.uniform(-1e-3, 1e-3):.6f},'
                      f'"y":{y + chosen.uniform(-1e-3, 1e-3):.6f},"z":0}}'
                      for _ in range(chosen.randint(6, 11))]
            block, lot = chosen.randrange(1000, 10_000), chosen.randrange(1000)
            house = chosen.randrange(1, 4_000)
            shape = "MultiPolygon" if chosen.random() < 0.001 else "Polygon"
            out.write(
                f'{{"type":"Feature","properties":{{"MAPBLKLOT":"{block}{lot:03}",'
                f'"BLKLOT":"{block}{lot:03}","BLOCK_NUM":"{block}","LOT_NUM":"{lot:03}",'
                f'"FROM_ST":"{house}","TO_ST":"{house}","STREET":"{chosen.choice(streets)}",'
                f'"ST_TYPE":"{chosen.choice(STREET_TYPES)}","ODD_EVEN":"{"EO"[house % 2]}"}},'
                f'"geometry":{{"type":"{shape}","firstCoordinates":{points[0]},'
                f'"coordinates":[{",".join(points)}]}}}}\n')


def on_property(name, test):
    return {"properties": {name: [test]}}


def on_coordinate(array, axis, numeric, shape=None):
    geometry = {array: {axis: [{"numeric": numeric}]}}
    return {"geometry": {"type": [shape], **geometry} if shape else geometry}


def five_numeric(array):
    return [on_coordinate(array, "x", ["=", -122.429163], "Polygon"),
            on_coordinate(array, "z", ["=", 0], "MultiPolygon"),
            on_coordinate(array, "x", ["<", -122.416009]),
            on_coordinate(array, "x", [">", -122.416009]),
            on_coordinate(array, "x", [">", -122.464712, "<", -122.406308])]


def five_anything_but(wrap):
    return [on_property("STREET", {"anything-but": wrap("DALO")}),
            on_property("STREET", {"anything-but": wrap("MASON")}),
            on_property("ST_TYPE", {"anything-but": wrap("ST")}),
            {"geometry": {"type": [{"anything-but": wrap("Polygon")}]}},
            on_property("FROM_ST", {"anything-but": wrap("441")})]


def small_rows():
    """Name, rules, and the fields that they read."""
    streets = street_names()
    lots = ["8740325", "7221651", "5069720", "8280718", "VACSTWIL"]
    street = ["properties.STREET"]
    various = ["properties.FROM_ST", "properties.STREET", "properties.ST_TYPE", "geometry.type"]
    yield ("exact", [on_property("MAPBLKLOT", lot) for lot in lots], ["properties.MAPBLKLOT"])
    yield ("prefix", [on_property("STREET", {"prefix": p}) for p in ("BA", "BE", "DR", "FU", "RO")],
           street)
    yield ("suffix", [on_property("STREET", {"suffix": s})
                      for s in ("ON", "KE", "MM", "ING", "GO")], street)
    yield ("ignore-case", [on_property("STREET", {"equals-ignore-case": s.title()})
                           for s in streets[:400:100]]
           + [on_property("ST_TYPE", {"equals-ignore-case": "st"})],
           ["properties.STREET", "properties.ST_TYPE"])
    yield ("wildcard", [on_property("MAPBLKLOT", {"wildcard": w})
                        for w in ("743*", "2*0*1*7", "*218", "3*5*2", "VA*IL")],
           ["properties.MAPBLKLOT"])
    yield ("numeric", five_numeric("firstCoordinates"),
           ["geometry.type", "geometry.firstCoordinates.x", "geometry.firstCoordinates.z"])
    yield ("anything-but", five_anything_but(lambda text: [text]), various)
    yield ("anything-but ignore-case",
           five_anything_but(lambda text: {"equals-ignore-case": [text.lower()]}), various)
    yield ("anything-but prefix", five_anything_but(lambda text: {"prefix": text[:-1]}), various)
    yield ("complex arrays", five_numeric("coordinates"),
           ["geometry.type", "geometry.coordinates[].x", "geometry.coordinates[].z"])


def lines_of_size(kind):
    """A million rules, the first n of which are the set of n, as lines of JSON."""
    streets = street_names()
    for i in range(SIZES[-1]):
        lot = 1_000_000 + i * 5_368_787 % 9_000_000  # Each once, in no order.
        place = i * 368_787 % 1_000_000
        low, high = (f"-122.{4_000_000 + place + j:07}" for j in (1, 0))
        if kind == "exact":
            yield f'{{"properties":{{"MAPBLKLOT":["{lot}"]}}}}\n'
        elif kind == "prefix":
            # One in a thousand is the beginning of a street.
            street = streets[lot % len(streets)]
            prefix = street[:5] if i % 1_000 == 999 else f"{street[:3]}{lot:x}"
            yield f'{{"properties":{{"STREET":[{{"prefix":"{prefix}"}}]}}}}\n'
        else:
            # Ranges that touch: a value is in one of them.
            test = f'"=",{high}' if kind == "numeric" else f'">=",{low},"<",{high}'
            yield ('{"geometry":{"firstCoordinates":{"x":[{"numeric":[' + test + ']}]}}}\n')


SIZED_FIELDS = {"exact": ["properties.MAPBLKLOT"], "prefix": ["properties.STREET"],
                "numeric": ["geometry.firstCoordinates.x"],
                "range": ["geometry.firstCoordinates.x"]}


def adversarial_rows():
    chosen = random.Random(4)
    letters = CONSONANTS + VOWELS
    streets = street_names()
    yield ("1,000 wildcards", [
        on_property("STREET", {"wildcard": "*" + "*".join(chosen.choice(letters)
                                                          for _ in range(3)) + "*"})
        for _ in range(1_000)], ["properties.STREET"])
    yield ("5,000 anything-but", [
        on_property("STREET", {"anything-but": [streets[i] if i < 1_500 else f"STREET {i}"]})
        for i in range(5_000)], ["properties.STREET"])
    yield ("2,000 exists: false", [
        on_property(f"absent-{i}", {"exists": False}) for i in range(2_000)],
        ["properties.absent-0"])


def lines_of(rules):
    return (json.dumps(rule, separators=(",", ":")) + "\n" for rule in rules)


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(lines)


def write_all(folder):
    """Writes events and rules; the rows as dicts, in the order of the table."""
    write_events(folder / "events.jsonl")
    rows = []
    for group, found in (("five rules", small_rows()), ("adversarial", adversarial_rows())):
        for number, (name, rules, fields) in enumerate(found):
            path = folder / f"{group.split()[0]}-{number}.jsonl"
            write_lines(path, lines_of(rules))
            rows.append({"group": group, "name": name, "rules": str(path), "count": len(rules),
                         "fields": fields})
    for kind, fields in SIZED_FIELDS.items():
        path = folder / f"{kind}.jsonl"
        write_lines(path, lines_of_size(kind))
        for size in SIZES:
            rows.append({"group": "growing", "name": kind, "rules": str(path), "count": size,
                         "fields": fields})
    return rows

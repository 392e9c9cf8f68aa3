"""Questions that chance does not ask: hand-written ones, and patterns that are refused."""

import itertools
import json
import random

import values

# Values that a pattern or an event may have where another is wanted.
ODD = ["1", '"x"', "true", "null", "{}", "[]", "[1]", '["x"]', "[[1]]", '{"prefix":"x"}', '[{}]',
       '{"x":[1]}', '""', '[""]', "[null]", "[true]", '["x",1]', '["x",null]', "1e400", '[1,"x"]']
NAMES = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr",
         "exists", "exactly", "Prefix", "regexp", "foo", ""]
WRAPPED = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr",
           "exists", "foo"]
NUMERIC = ['"="', '"<"', '"<="', '">"', '">="', '"=="', '"!="', "1", "2", "3", '"1"', "null", "-0"]
CIDRS = ["10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/0", "10.0.0.0/31", "10.0.0.0/32", "10.0.0.0/33",
         "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0", "/8", "10.0.0/8", "10.0.0.0.0/8", "256.0.0.0/8",
         "10.0.0.0/8/8", "010.0.0.0/8", " 10.0.0.0/8", "10.0.0.0/ 8", "10.0.0.0/08", "a.b.c.d/8",
         "::/0", "::1/64", "::/127", "::/128", "::/129", "2001:db8::/32", "2001:DB8::/32",
         "2001:db8::1::/32", "::ffff:10.0.0.0/104", "fe80::1%eth0/64", "1:2:3:4:5:6:7:8/64",
         "1:2:3:4:5:6:7/64", "", "/", "x"]
ADDRESSES = ["10.0.0.1", "10.0.0.0", "10.255.255.255", "11.0.0.0", "010.0.0.1", "10.0.0.01",
             "10.0.0", "10.0.0.256", "10.1", "::1", "0:0:0:0:0:0:0:1", "::", "2001:db8::5",
             "2001:DB8::5", "2001:db8:0:0::5", "::ffff:10.0.0.1", "::FFFF:0a00:1", "1::", "fe80::1",
             "fe80::1%eth0", "", "x", "10.0.0.1 ", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "::g"]
WILDCARDS = ["", "*", "**", "a**", "*a*", "a*", "*a", "\\*", "\\\\", "\\", "a\\", "\\a", "\\\\*",
             "*\\*", "a\\*b", "*\\**", "***", "a*b*c", "*.*", "a\\\\b", "*é*", "😀*", '*"', '"*',
             "*b*b*b*", "a*a*a", "ab*ba"]
TEXTS = ["", "a", "ab", "abc", "*", "\\", "a*b", "a\\b", "axb", "aXXb", "abba", "aba", "aa", "aaa",
         "bbb", "abbbc", "é", "xéy", "😀", "😀x", '"', 'a"', '"a', ".", "a.b", "\\x", "**", "\\*"]
FOLDED = ["é", "É", "ß", "SS", "ss", "ẞ", "K", "k", "K", "ı", "I", "i", "İ", "ſ", "s", "Σ", "σ",
          "ς", "ǅ", "ǆ", "Ǆ", "straße", "STRASSE", "ÄÖ", "äö", "ﬁ", "FI", "Ω", "ω", "Ω"]
NUMBERS = ["0", "-0", "0.0", "-0.0", "0e5", "1", "1.0", "1e0", "10e-1", "0.1e1", "100", "1e2",
           "1E+2", "1e02", "300", "300.0", "3.0e2", "0.3e3", "301.8", "5e9", "5000000000",
           "5000000001", "-5e9", "-5000000001", "6e9", "1e10", "1e15", "1e16", "1e17", "1e22",
           "9007199254740992", "9007199254740993", "9007199254740992.0", "9223372036854775807",
           "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e19", "1e20",
           "123456789012345678901234567890", "123456789012345678901234567891", "1e308", "1e309",
           "1e400", "-1e400", "1e-308", "1e-324", "1e-400", "0.1", "0.10", "0.3",
           "0.30000000000000004",
           "0.30000000000000000001", "4.9999999999999999999", "0.0000001", "0.00000001", "1e-7",
           "123456.7891234", "123456.78912341", "-122.416009", "-122.4160091"]
PLACES = ["{}", '{"a":1}', '{"a":null}', '{"a":""}', '{"a":[]}', '{"a":{}}', '{"a":[{}]}',
          '{"a":[[]]}', '{"a":{"b":1}}', '{"a":[{"b":1}]}', '{"a":[{"b":1},{"c":2}]}',
          '{"a":[{"b":1,"c":2}]}', '{"a":[[{"b":1,"c":2}]]}', '{"a":[[{"b":1}],[{"c":2}]]}',
          '{"a":[[{"b":1},{"c":2}]]}', '{"a":[{"b":[1,2]},{"c":[2,3]}]}', '{"a":{"b":{"c":2}}}',
          '{"a":{"b":null}}', '{"a":{"b":[]}}', '{"a":{"b":{}}}', '{"b":1}', '{"b":1,"c":2}',
          '{"c":2}', '{"a":1,"b":1}', '{"a":1,"b":1,"c":2}', '{"a":[1,2]}', '{"a":[[1],2]}',
          '{"a":[{"b":1},1]}', '{"a":[{"b":1,"c":3},{"b":3,"c":2}]}', '{"a":[{"c":2},{"c":3}]}',
          '{"a":{"b":1,"c":2}}', '{"a":{"b":2,"c":2}}', '{"a":[{"b":[{"c":1},{"c":2}]}]}',
          '{"a":[{"b":1,"c":[{"d":1},{"d":2}]},{"b":2,"c":[{"d":3}]}]}', '{"$or":1}', '{"":1}',
          '{"a":1,"a":2}', '{"a":2,"a":1}', '{"a":{"b":1},"a":{"c":2}}', '{"a.b":1}',
          '{"a.b":1,"a":{"c":2}}', '{"a":{"b.c":2}}', '{"a.b.c":2}',
          '{"a.b":{"c":2}}', '{"a.b":[{"c":1},{"c":2}]}', '{"a.b":1,"a.c":2}',
          '{"a":[{"b.c":2},{"b.c":3}]}', '{"a":[{"b":1},{"c":2}],"a.d":1}', '{"a":true}', '{"a":"true"}', '{"a":false}',
          '{"a":"1"}', '[{"a":1}]', '1', '"a"', 'null', '{"a":1', '{"a":1}}', '', '{"a":01}',
          '{"a":.5}', '{"a":+1}', '{"a":NaN}', '{a:1}', "{'a':1}", '{"a":1,}', '{"a":"\\x"}',
          '{"a":"\\ud800"}', '{"a":tru}']
STRUCTURES = [
    '{"a":[1]}', '{"a":{"b":[1]}}', '{"a":{"b":[1],"c":[2]}}', '{"a":{"b":{"c":[2]}}}',
    '{"a":[{"exists":false}]}', '{"a":[{"exists":true}]}', '{"a":{"b":[{"exists":false}]}}',
    '{"a":{"b":[{"exists":true}]}}', '{"a":{"b":[1],"c":[{"exists":false}]}}',
    '{"a":{"b":[{"exists":false}],"c":[{"exists":false}]}}', '{"a":{"b":{"c":[{"exists":false}]}}}',
    '{"a":[{"exists":false}],"b":[{"exists":false}]}', '{"a":[{"exists":false},1]}',
    '{"a":[{"exists":true},{"exists":false}]}', '{"a":[{"exists":false}],"b":[1]}',
    '{"a":{"b":[{"anything-but":1}]}}', '{"a":[{"anything-but":1}]}',
    '{"a":{"b":[{"anything-but":1}],"c":[2]}}', '{"a":[null]}', '{"a":[""]}', '{"":[1]}',
    '{"a":[true]}', '{"a":["true"]}', '{"a":["1"]}', '{"a":[1,2]}', '{"a":[1],"b":[1]}',
    '{"$or":[{"a":[1]},{"b":[1]}]}', '{"$or":[{"a":[1]},{"a":{"b":[1]}}]}',
    '{"a":{"$or":[{"b":[1]},{"c":[2]}]}}', '{"a":{"b":[1],"$or":[{"c":[2]},{"c":[3]}]}}',
    '{"$or":[{"a":{"b":[1]}},{"a":{"c":[2]}}]}', '{"$or":[{"a":[1],"b":[1]},{"c":[2]}]}',
    '{"$or":[{"a":[{"exists":false}]},{"b":[1]}]}', '{"c":[2],"$or":[{"a":[1]},{"b":[1]}]}',
    '{"a":{"$or":[{"b":[{"exists":false}]},{"c":[{"exists":false}]}]}}',
    '{"$or":[{"$or":[{"a":[1]},{"b":[1]}]},{"c":[2]}]}', '{"a":{"b":[1],"c":{"d":[1]}}}',
    '{"a":{"b":[2],"c":{"d":[1]}}}', '{"a.b":[1]}', '{"a":{"b.c":[2]}}',
    '{"a.b":[1],"a":{"c":[2]}}', '{"a.b.c":[2]}', '{"a":{"b":[1]},"a.c":[2]}',
    '{"$or":[{"a.b":[1]},{"a.c":[2]}]}', '{"a.b":[{"exists":false}],"a":{"c":[2]}}',
]
REFUSED = [
    "", "{}", "[]", "1", "null", '"x"', "{", '{"a"', '{"a":', '{"a":[', '{"a":[1', '{"a":[1]', "x",
    '{"a":[1]}}', '{"a":[1]} x', '{"a":[1],}', '{"a":[1,]}', '{"a":[01]}', '{"a":[+1]}',
    '{"a":[.5]}', '{"a":[NaN]}', '{a:[1]}', "{'a':[1]}", '{"a":["\\x"]}', '{"a":["\t"]}',
    '{"a":[1],"a":[2]}', '{"a":{"b":[1]},"a":{"c":[1]}}', '{"a":[1],"a":{"b":[1]}}',
    '{"a":[{"prefix":"x","suffix":"y"}]}', '{"a":[{"prefix":"x","prefix":"y"}]}',
    '{"a":[{"numeric":[">",1],"numeric":["<",2]}]}', '{"$or":[]}', '{"$or":[{}]}',
    '{"$or":[{},{}]}',
    '{"$or":[{"a":[1]}]}', '{"$or":[{"a":[1]},{}]}', '{"$or":[{"a":[1]},1]}', '{"$or":["x"]}',
    '{"$or":{"a":[1]}}', '{"$or":1}', '{"$or":[1,2]}', '{"$or":[{"a":[1]},{"b":1}]}',
    '{"$or":[{"prefix":["x"]},{"b":[1]}]}', '{"$or":[{"prefix":"x"},{"suffix":"y"}]}',
    '{"$or":[{"a":[1]},{"b":[1]}],"$or":[{"c":[2]},{"d":[1]}]}', '{"a":{"$or":[{"b":[1]}]}}',
    '{"a":[1],"$or":[{"a":[2]},{"b":[1]}]}', '{"$or":[{"a":[2]},{"b":[1]}],"a":[1]}',
    '{"$and":[{"a":[1]},{"b":[1]}]}', '{"a":[{"$or":[1,2]}]}', '{"a":[[1]]}', '{"a":[]}',
    '{"a":{}}', '{"a":{"b":{}}}', '{"a":1}', '{"a":"x"}', '{"a":null}', '{"a":true}',
]


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def on_a(tests):
    """Patterns of one leaf."""
    return (f'{{"a":[{test}]}}' for test in tests)


def events_of(scalars):
    return [f'{{"a":{each}}}' for each in scalars]


def matching():
    """Each pattern with each event of its kind."""
    texts = events_of(map(quoted, TEXTS)) + events_of(["1", "null", "true", "[]"])
    for pattern in on_a(f'{{"wildcard":{quoted(each)}}}' for each in WILDCARDS):
        yield pattern, texts
    for pattern in on_a(f'{{"anything-but":{{"wildcard":{quoted(each)}}}}}' for each in WILDCARDS):
        yield pattern, texts
    addresses = events_of(map(quoted, ADDRESSES)) + events_of(["1", "null", '["x","10.0.0.1"]'])
    for pattern in on_a(f'{{"cidr":{quoted(each)}}}' for each in CIDRS):
        yield pattern, addresses
    for test in ("{}", '{{"anything-but":{}}}', '{{"equals-ignore-case":{}}}', '{{"prefix":{}}}',
                 '{{"suffix":{}}}'):
        for pattern in on_a(test.format(quoted(each)) for each in ADDRESSES):
            yield pattern, addresses
    numbers = events_of(NUMBERS)
    for number in NUMBERS:
        yield from ((pattern, numbers) for pattern in on_a(
            [number, f'{{"anything-but":{number}}}', f'{{"anything-but":[{number}]}}']
            + [f'{{"numeric":["{sign}",{number}]}}' for sign in ("=", "<", "<=", ">", ">=")]))
    folded = events_of(map(quoted, FOLDED))
    for test in ('{{"equals-ignore-case":{}}}', '{{"prefix":{{"equals-ignore-case":{}}}}}',
                 '{{"suffix":{{"equals-ignore-case":{}}}}}',
                 '{{"anything-but":{{"equals-ignore-case":{}}}}}'):
        for pattern in on_a(test.format(quoted(each)) for each in FOLDED):
            yield pattern, folded
    for pattern in STRUCTURES:
        yield pattern, PLACES


def refusing(chosen):
    """Patterns that one of both refuses, or both."""
    for pattern in REFUSED:
        yield pattern
    for name, odd in itertools.product(NAMES, ODD):
        yield f'{{"a":[{{{quoted(name)}:{odd}}}]}}'
    for name, inner, odd in itertools.product(WRAPPED, WRAPPED, ODD):
        yield f'{{"a":[{{"{name}":{{"{inner}":{odd}}}}}]}}'
    for odd in ODD:
        yield f'{{"a":{odd}}}'
        yield f'{{"a":{{"b":{odd}}}}}'
        yield f'{{"a":[{odd}]}}'
        yield f'{{"$or":[{{"a":{odd}}},{{"b":[1]}}]}}'
    for count in range(6):
        for _ in range(1 if count == 0 else 60):
            yield f'{{"a":[{{"numeric":[{",".join(chosen.choices(NUMERIC, k=count))}]}}]}}'


def keys_of_all_kinds(chosen):
    """Keys with dots, keys that come twice, and keys of odd letters."""
    keys = ["a", "b", "a.b", ".", "", "é", "\\u0061", "a b", "$or", "\\n", "b.c", "prefix", "a.b.c",
            "b.c.b", "a\\u002eb", "detail.b", "detail"]
    for _ in range(600):
        inner = "".join(f',"{chosen.choice(keys)}":{chosen.choice("12")}'
                        for _ in range(chosen.randint(0, 2)))
        events = []
        for _ in range(8):
            pairs = [f'"{chosen.choice(keys)}":' + chosen.choice(
                ("1", "2", '{"b":1' + inner + "}", '[{"b":1},{"b":2,"c":2}]'))
                for _ in range(chosen.randint(1, 4))]
            events.append("{" + ",".join(pairs) + "}")
        one, other = chosen.choice(keys), chosen.choice(keys)
        yield chosen.choice((f'{{"{one}":[1]}}', f'{{"{one}":{{"{other}":[1]}}}}',
                             f'{{"{one}":[1],"{other}":[2]}}',
                             f'{{"{one}":{{"b":[2],"c":[2]}}}}')), events


def questions(seed):
    chosen = random.Random(seed)
    yield from matching()
    for pattern in refusing(chosen):
        yield pattern, events_of(["1", '"x"', "null", "[]", '"xy"', "2"]) + ["{}"]
    yield from keys_of_all_kinds(chosen)
    # A quote of one's own, and alternatives that get in each other's way there.
    texts = events_of(map(quoted, ["a", '"a', 'a"', "A", "B", "BA", ""]))
    for pattern in ('{"a":[{"suffix":"\\"a"}]}', '{"a":[{"prefix":"a\\""}]}',
                    '{"a":[{"wildcard":"*A"},{"anything-but":{"equals-ignore-case":"a"}}]}',
                    '{"a":[{"anything-but":{"equals-ignore-case":"a"}}]}'):
        yield pattern, texts
    # Long texts, deep objects, many keys.
    for length in (31, 32, 63, 64, 65, 255, 256, 1000):
        text = "".join(chosen.choice(values.PLAIN) for _ in range(length))
        events = events_of(quoted(each) for each in (text, text[:-1], text + "a", "a" + text,
                                                     text[:-1] + "\\", text.swapcase()))
        for test in ("{}", '{{"prefix":{}}}', '{{"suffix":{}}}', '{{"equals-ignore-case":{}}}',
                     '{{"anything-but":{}}}', '{{"anything-but":{{"prefix":{}}}}}'):
            yield f'{{"a":[{test.format(quoted(text))}]}}', events
    for depth in (10, 30, 50):
        yield ('{"a":' * depth + "[1]" + "}" * depth,
               ['{"a":' * deep + "1" + "}" * deep for deep in (depth - 1, depth, depth + 1)])

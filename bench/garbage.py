"""Bytes that are no spec, specs that are sound however they are written, and what a schema alone would make of the language."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.strategies import NASTY, Spec, as_text

MOST = 64 << 10
_SIGNS = b"\n {}[]:,-#a'\"&*!|>?%@0\t"
_WORDS = (
    b"services: ", b"{image: x}, ", b"- ", b"\n  ", b": ", b"- {a: ", b"[", b"'", b"<<: ", b"&a ", b"*a ", b"!!x ", b"\r\n",
    b"# twipc: ignore[TW415] x\n", b"image: shop/web:1\n", b"---\n", b"extends: prod.yaml\n", b"\xff", b"\0", b"\xef\xbb\xbf",
)  # fmt: skip


def random_bytes(dice: random.Random) -> bytes:
    """Up to 64 KiB, mostly little: of all bytes, of those that YAML reads as its own, or of words of the language."""
    size = int(MOST ** dice.random())
    match dice.randrange(4):
        case 0:
            return dice.randbytes(size)
        case 1:
            return dice.randbytes(size).translate(bytes(_SIGNS[byte % len(_SIGNS)] for byte in range(256)))
        case 2:
            return "".join(map(chr, dice.choices(range(0xD7FF), k=size // 3))).encode()
    return b"".join(dice.choices(_WORDS, k=size // 8))


def damaged(content: bytes, dice: random.Random) -> bytes:
    """A real spec with some bytes changed, dropped, doubled or moved."""
    for _ in range(dice.choice((1, 1, 2, 3, 8, 40))):
        start = dice.randrange(len(content) + 1)
        end = min(len(content), start + int(200 ** dice.random()))
        part = content[start:end]
        match dice.randrange(6):
            case 0:
                part = b""
            case 1:
                part = dice.randbytes(len(part))
            case 2:
                part *= dice.choice((2, 3, 50))
            case 3:
                part = bytes([dice.choice(_SIGNS)]) * dice.randint(1, 3)
            case 4:
                part = dice.choice(_WORDS)
            case 5:
                part = part[::-1]
        content = (content[:start] + part + content[end:])[:MOST]
    return content


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key], dice) for key in dice.sample(sorted(value), len(value))}
    return [_shuffled(item, dice) for item in value] if isinstance(value, list) else value


def _escaped(text: str, dice: random.Random) -> str:
    """Characters in strings written by their number, all that are not of ASCII among them."""

    def one(sign: str) -> str:
        plain = " " <= sign <= "~" and sign not in '"\\' and dice.random() < 0.5
        return sign if plain else f"\\U{ord(sign):08x}"

    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: f'"{"".join(map(one, json.loads(found[0])))}"', text)


_COMMENTS = ("", "  # x", ' # {["', "\n   # }", "\n")
WAYS: dict[str, Callable[[Spec, random.Random], str]] = {
    "keys in another order": lambda spec, dice: as_text(_shuffled(spec, dice)),
    "CRLF": lambda spec, _dice: as_text(spec).replace("\n", "\r\n"),
    "a byte order mark": lambda spec, _dice: "\ufeff" + as_text(spec),
    "comments": lambda spec, dice: "".join(
        f"{line}{dice.choice(_COMMENTS)}\n" for line in as_text(spec).split("\n")
    ),
    "a document's marks": lambda spec, _dice: f"%YAML 1.2\n---\n{as_text(spec)}\n...\n",
    "in one line": lambda spec, _dice: as_text(json.loads(json.dumps(spec))).replace("\n", " "),
    "characters by their number": lambda spec, dice: _escaped(as_text(spec), dice),
    "blanks": lambda spec, dice: as_text(spec).replace("\n", dice.choice(("\n\n", "\n     ", "  \n"))),
}  # fmt: skip


_STRINGS = ("web", "app", "http", "web.http", "/a", "shop/web:1", "5s", "64MiB", "1.30")


def drawn(schema: Any, definitions: Any, dice: random.Random, depth: int = 0) -> Any:
    """A value that a JSON Schema describes, or nearly."""
    if dice.random() < 0.03 or depth > 12:
        return dice.choice((None, True, 0, -1, 1.5, "", [], {}, "x", *NASTY))
    if "$ref" in schema:
        return drawn(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions, dice, depth + 1)
    if "anyOf" in schema:
        options = [one for one in schema["anyOf"] if one != {"type": "null"}]
        return drawn(dice.choice(options), definitions, dice, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return dice.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return _mapping(schema, definitions, dice, depth)
    if kind == "array":
        count = dice.choice((0, 1, 1, 2, 3))
        return [drawn(schema.get("items", {}), definitions, dice, depth + 1) for _ in range(count)]
    if kind in ("integer", "number"):
        return dice.choice((schema.get("minimum", 1), schema.get("maximum", 8080), 1, 8080, 0.5 if kind == "number" else 3))
    if kind == "boolean":
        return dice.random() < 0.5
    examples = [*schema.get("examples", ())] * 2
    return dice.choice((*_STRINGS, *examples, dice.choice(NASTY)))


def _mapping(schema: Any, definitions: Any, dice: random.Random, depth: int) -> Any:
    fields = schema.get("properties", {})
    share = 0.9 if depth < 2 else 0.3
    found = {name: drawn(field, definitions, dice, depth + 1) for name, field in fields.items() if dice.random() < share}
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict):
        names = dice.sample(("web", "app", "db", "http", "A", "/data", "x-y", "front"), dice.choice((0, 1, 1, 2)))
        found |= {name: drawn(inner, definitions, dice, depth + 1) for name in names}
    if dice.random() < 0.02:
        found[dice.choice(NASTY)] = 1
    return found


_HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\n"
_SERVER = (
    'services:\n  web: {image: x, ports: {http: 80}}\n  edge:\n    http:\n      engine: {name: nginx, version: "1.30"}\n'
    "      listen: 8080\n      backends: {app: {members: [web.http]}}\n      default: {status: 404}\n      routes:\n"
)
_ONE = "services: {web: {image: x}}\n"
_DENSE: dict[str, tuple[str, str, str]] = {
    "dependencies on nothing": (_HEAD + "services:\n", "  s{i}: {{image: x, depends_on: [r{i}]}}\n", ""),
    "near misses": (_HEAD + "services:\n", "  s{i}a: {{image: x, depends_on: [s{i}b], networks: [n{i}]}}\n", ""),
    "unknown fields": (_HEAD + "services:\n", "  s{i}: {{imgae: x}}\n", ""),
    "wrong items": (_HEAD + "services: {web: {image: x, command: [", "{{a: b}}, ", "]}}\n"),
    "targets": (_HEAD.replace("}\n", ""), "t{i}: {{}}, ", "}\n" + _ONE),
    "acceptances": (_HEAD + _ONE + "accept:\n", "  - {{code: TW512, at: x{i}, target: compose, because: abc}}\n", ""),
    "members": (
        _HEAD + _SERVER.partition("web.http]")[0], "web.ht{i}, ", "]}}\n      default: {status: 404}\n",
    ),
    "what looks like secrets": (_HEAD + "services: {web: {image: x, env: {", 'A{i}_TOKEN: "xxxx{i}", ', "}}}\n"),
    "what looks like secrets in no YAML": (_HEAD + "services: [{", "PASSWORD: hunter2 x=y a:b ", "\n"),
    "comments that ignore nothing": (_HEAD + _ONE, "# twipc: ignore[TW415] reason {i}\n", ""),
    "comments with unknown codes": (_HEAD + _ONE, "# twipc: ignore[TW9{i}] reason\n", ""),
    "published ports": (
        _HEAD + "services: {web: {image: x, ports: {http: 80}, publish: [", "{{port: http, host: 80}}, ", "]}}\n",
    ),
    "equal keys": (_HEAD, "a: 1\n", ""),
    "anchors": (_HEAD, "k{i}: &a{i} v\n", ""),
    "one word": (_HEAD + 'services: {web: {image: x, env: {A: "', "a.eyJ://b:", '"}}}\n'),
    "one name": (_HEAD + 'services: {web: {image: "', "a-", '"}}\n'),
    "one host": (_HEAD + _ONE + 'external: {db: {host: "', "a.", '", ports: {a: 1}}}\n'),
    "open brackets": (_HEAD + "services: ", "[", "\n"),
}  # fmt: skip


_TWO = _HEAD.replace("{compose: {}}", "{compose: {}, swarm: {}}")
_NGINX = _HEAD.replace("{compose: {}}", "{compose: {}, nginx: {}}") + _SERVER
_HAPROXY = (_HEAD.replace("{compose: {}}", "{compose: {}, haproxy: {}}") + _SERVER).replace(
    'nginx, version: "1.30"', 'haproxy, version: "3.2"'
)
_PUBLISHED = _TWO + "services: {web: {image: x, ports: {http: 80}, publish: ["
SOUND: dict[str, tuple[str, str, str]] = {
    "services": (_TWO + "services:\n", "  s{i}: {{image: x:1}}\n", ""),
    "services that wait for each other": (
        _HEAD + "services:\n  last: {image: x}\n",
        "  s{i}: {{image: x:1, depends_on: [{{service: last, condition: started}}]}}\n",
        "",
    ),
    "services with ports": (
        _TWO + "services:\n", "  s{i}: {{image: x, ports: {{http: 80}}, publish: [{{port: http, host: {port}}}]}}\n", "",
    ),
    "services with checks": (_TWO + "services:\n", "  s{i}: {{image: x, health: {{command: [a], interval: 5s}}}}\n", ""),
    "servers": (
        _HEAD.replace("{compose: {}}", "{compose: {}, nginx: {}}") + "services:\n",
        '  e{i}: {{http: {{engine: {{name: nginx, version: "1.30"}}, listen: 8080, default: {{status: 404}}}}}}\n', "",
    ),
    "routes of nginx": (_NGINX, "        - {{match: {{prefix: /a{i}/}}, backend: app}}\n", ""),
    "routes of haproxy": (_HAPROXY, "        - {{match: {{prefix: /a{i}/}}, backend: app}}\n", ""),
    "routes by host": (_NGINX, "        - {{match: {{prefix: /, host: a{i}.org}}, backend: app}}\n", ""),
    "routes by hosts that others have": (
        _NGINX, "        - {{match: {{prefix: /, host: [x.org, a{i}.org]}}, backend: app}}\n", "",
    ),
    "prefixes of one route": (_NGINX + "        - {match: {prefix: [", "/a{i}/, ", "]}, backend: app}\n"),
    "globs of nginx": (_NGINX, '        - {{match: {{glob: "/**/a*{i}*/**/*b*"}}, backend: app}}\n', ""),
    "globs of haproxy": (_HAPROXY, '        - {{match: {{glob: "/**/a*{i}*/**/*b*"}}, backend: app}}\n', ""),
    "globs beside paths": (
        _NGINX,
        '        - {{match: {{glob: "/*x{i}"}}, backend: app}}\n        - {{match: {{exact: /y{i}}}, backend: app}}\n', "",
    ),
    "globs and paths of spite": (
        _NGINX,
        '        - {{match: {{glob: "/*' + "a*" * 12 + '{i}b"}}, backend: app}}\n'
        "        - {{match: {{exact: /" + "a" * 300 + "{i}}}, backend: app}}\n",
        "",
    ),
    "volumes": (_TWO + _ONE + "volumes:\n", "  v{i}x: {{access: single-writer, host: /a/{i}}}\n", ""),
    "mounts": (_TWO + "volumes: {vol: {access: shared}}\nservices: {web: {image: x, mounts: {", "/a{i}: vol, ", "}}}\n"),
    "networks": (_TWO + _ONE + "networks:\n", "  n{i}: {{internal: true}}\n", ""),
    "labels": (_TWO + "services: {web: {image: x, labels: {", "a{i}: b, ", "}}}\n"),
    "variables": (_TWO + "services: {web: {image: x, env: {", "A{i}: b, ", "}}}\n"),
    "words": (_TWO + "services: {web: {image: x, command: [", "a{i}, ", "]}}\n"),
    "publications": (_PUBLISHED, "{{port: http, host: {port}}}, ", "]}}\n"),
    "ignores": (_TWO + "services:\n", "  s{i}: {{image: x:1}}  # twipc: ignore[TW415] abc\n", ""),
}  # fmt: skip
"""Specs that are sound: every rule runs, and each target's files are made and read back."""


_DENSE["publications that a target loses"] = (_PUBLISHED, "{{port: http, host: {port}, address: 127.0.0.1}}, ", "]}}\n")


def dense(most: int = MOST) -> dict[str, bytes]:
    """Texts of 64 KiB that hold as much of one thing as they can: what costs most for its length."""
    found = {}
    for name, (head, one, tail) in (SOUND | _DENSE).items():
        parts, left, index = [head], most - len(head) - len(tail), 0
        while left > 0:
            parts.append(one.format(i=index, port=index % 65535 + 1))
            left -= len(parts[-1])
            index += 1
        found[name] = "".join([*parts[:-1], tail]).encode()
    return found

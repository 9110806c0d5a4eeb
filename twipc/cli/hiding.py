"""Texts as their lines are shown beside findings: what looks like a secret is covered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from twipc.diagnostics import Path, Report, Span, Stopped
from twipc.regex import late_regex
from twipc.spec import is_secret_name, looks_secret, plain_secrets
from twipc.syntax import Node, NodeMapping, NodeScalar, NodeSequence, Tree, parse

COVER = "•"
_PAIR = late_regex(r"""([A-Za-z][A-Za-z0-9_.-]{0,63}+)["']?[ \t]*[:=][ \t]*("[^"\n]*"?|'[^'\n]*'?|[^\s"',{}][^"',}\n]*)""")
_OURS = "(?:twipc|environment|extends|services|lock)"
_OUR_KEY = late_regex(rf"""^["']?{_OURS}["']?[ \t]*:|\A\s*\{{(?:.*[{{,])?\s*["']?{_OURS}["']?\s*:""", re.MULTILINE | re.DOTALL)
"""What specs, fragments and locks have, at the beginning of a line or in one mapping of JSON."""
_KEY_MATERIAL = late_regex(r"[A-Za-z0-9+/]{40,}={0,2}")
_DIGEST = late_regex(r"\bsha256:[0-9a-f]{64}\b")
"""What an engine calls an image or a layer: long, and no secret."""
_USER = late_regex(r"(?<!\S)[^\s/@:]+:[^\s/@]+@(?!sha256:)[^\s/]+")
"""A name and a password before a host."""
_NAMES = ("secret", "secrets", "address", "file", "swarm", "ecs")
"""Keys that say which secret is meant, or where it is found."""
_BRACKETS, _TICKS = late_regex(r"(\[)([^\[\]`\n]+)(\])"), late_regex(r"(`)([^`\n]+)(`)")


def is_ours(text: str) -> bool:
    """Whether a text is meant as a spec, a fragment or a lock: else it may be a secret's file, and is not shown."""
    return bool(_OUR_KEY.search(text))


def hidden(file: str, text: str, shown: Collection[int] | None = None) -> str:
    """`text` with a `•` for each character of a literal that looks like a secret.

    Where only some lines are `shown` (from 1), only they are looked at, and the others are empty.
    """
    lines = text.splitlines(keepends=True)
    seen = frozenset(range(1, len(lines) + 1) if shown is None else shown)
    bare = text.splitlines()
    lines = [line if number in seen else line[len(bare[number - 1]) :] for number, line in enumerate(lines, 1)]
    try:
        tree = parse(text.encode("utf-8", "surrogatepass"), file, Report())
    except Stopped:
        # What stands behind an option of a program is not shown, either.
        return "\n".join(_line(line, ("command", 0)) for line in "".join(lines).split("\n"))

    def is_seen(span: Span) -> bool:
        first, last = span.line, span.end_line
        return first in seen if first == last else not seen.isdisjoint(range(first, last + 1))

    for found in plain_secrets(tree, is_seen):
        _cover(lines, tree.span(found.path))
    for span in (*_of_their_names(tree.root, is_seen), *_of_secrets(tree)):
        _cover(lines, span)
    return "".join(lines)


def _of_their_names(node: Node, is_seen: Callable[[Span], bool], name: str = "") -> Iterator[Span]:
    """What is called a secret, also where the language has no such field, and keys that hold more than a name."""
    if isinstance(node, NodeMapping):
        is_secret = is_secret_name(name)
        for key, entry in node.entries.items():
            if is_seen(entry.key) and _shows(key):
                yield entry.key
            around = name if key not in _NAMES and is_secret else key
            yield from _of_their_names(entry.node, is_seen, around)
    elif isinstance(node, NodeSequence):
        for item in node.items:
            yield from _of_their_names(item, is_seen, name)
    elif is_seen(node.span) and (_shows(node.text) or (name not in _NAMES and looks_secret(("env", name), node.text))):
        yield node.span


def _of_secrets(tree: Tree) -> Iterator[Span]:
    """What is written in the place of where a secret is found: it may be the secret itself."""
    secrets = tree.node(("secrets",))
    for entry in secrets.entries.values() if isinstance(secrets, NodeMapping) else ():
        within = entry.node.entries.items() if isinstance(entry.node, NodeMapping) else [("", entry)]
        yield from (one.node.span for key, one in within if key not in _NAMES and isinstance(one.node, NodeScalar))


def _shows(word: str) -> bool:
    """Whether a word by itself looks like a secret, or holds one."""
    return bool(looks_secret((), word) or _USER.search(word))


def veiled(said: str) -> str:
    """What a finding says, with `…` for each word in it that by itself looks like a secret: a name or a key may hold one."""

    def word(found: re.Match[str]) -> str:
        return f"{found[1]}…{found[3]}" if _shows(found[2]) else found[0]

    return _TICKS.sub(word, _BRACKETS.sub(word, said))


def covered(line: str) -> str:
    """A line of anything, such as a log, with a `•` for each character of what looks like a secret."""
    return re.sub(r"\S+", lambda found: _line(found[0]), _line(line))


def _cover(lines: list[str], span: Span) -> None:
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        lines[number - 1] = line[:start] + re.sub(r"[^\r\n]", COVER, line[start:end]) + line[end:]


def _line(line: str, path: Path = ()) -> str:
    """A line of what is no YAML: pairs whose name says it, and what shows by its form."""

    def pair(found: re.Match[str]) -> str:
        secret = looks_secret(("env", found[1]), found[2].strip("\"'"))
        return found[0][: found.start(2) - found.start()] + COVER * len(found[2]) if secret else found[0]

    def word(found: re.Match[str]) -> str:
        secret = looks_secret((), found[0]) or _KEY_MATERIAL.search(_DIGEST.sub("", found[0]))
        return COVER * len(found[0]) if secret else found[0]

    line = re.sub(r"\S+", word, _PAIR.sub(pair, line))
    return re.sub(r"\S", COVER, line) if looks_secret(path, line) else line

"""The files that an nginx configuration includes, in the places of the directives that name them.

Source: ngx_conf_include and ngx_conf_parse of nginx 1.30 (src/core/ngx_conf_file.c): what a file holds is read as if it stood
there, and each file has whole blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from twipc.diagnostics import Code

from . import codes
from .tree import MOST_DEEP, Block, Directive, NotNginx, parse

BENIGN = frozenset(
    {"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params", "options-ssl-nginx.conf"}
)
"""Files that distributions and certbot bring, without anything that chooses between requests."""
VALUES = frozenset({"map", "geo", "types", "split_clients", "charset_map"})
"""Blocks of values; they choose nothing by themselves."""
_OF_FILES = ("map", "geo", "types")
"""Those of them in which `include` brings more: in others it is a value, which nginx 1.30 refuses."""
MOST_NESTED = 20
"""Files in files."""
MOST_BROUGHT = 8 << 20
"""Characters that are included, as often as they are; of values there may be as many besides."""
_EACH = 64
"""What a file counts besides, so that empty ones come to an end too."""


class Brought(Struct, frozen=True):
    """A file that an `include` brings: its name and text, or why it is not read and what to do next."""

    name: str
    text: str = ""
    why: str = ""
    help: str = ""
    home: str = ""
    """The folder of nginx's in whose place the main file's own is read."""


Included = Mapping[str, tuple[Brought, ...]]
"""What each `include` brings, by what it says: every one is of the folder of the main file, wherever it stands."""
NOTHING: Included = MappingProxyType({})


class Wrong(Exception):
    """What is included cannot be: the code, the directive, and what to do next."""

    def __init__(self, code: Code, at: Directive, said: str, help: str) -> None:
        super().__init__(said)
        self.code, self.at, self.said, self.help = code, at, said, help


def said(include: Directive) -> str | None:
    """What an `include` names; None for one that nginx would not take."""
    return include.args[0] if include.name == "include" and len(include.args) == 1 and include.block is None else None


def is_main(text: str) -> bool:
    """Whether a text is all that nginx is started with, so that its folder is known to be nginx's; else another includes it."""
    return any(one.name in ("events", "http") for one in parse(text)[0].directives)


def includes(text: str, file: str = "", *, values: bool = False) -> Iterator[tuple[Directive, bool]]:
    """Every directive of a text that brings others, and whether those are values."""
    return _includes(_parsed(text, file), file, values)


def _includes(block: Block, file: str, values: bool) -> Iterator[tuple[Directive, bool]]:
    for one in block.directives:
        if said(one) is not None:
            one.file = file
            yield one, values
        elif one.block and (_holds_directives(one) or one.name in _OF_FILES):
            yield from _includes(one.block, file, one.name in _OF_FILES)


def joined(text: str, included: Included = NOTHING) -> Block:
    """The tree of a configuration with all that it includes; raises `NotNginx` and `Wrong`."""
    root, _ = parse(text)
    if included:
        _Joining(included).into(root, (), 0)
    return root


class _Joining(Struct):
    """Puts directives into the places of those that bring them."""

    included: Included
    left: int = MOST_BROUGHT
    left_of_values: int = MOST_BROUGHT

    def into(self, block: Block, files: tuple[str, ...], deep: int, *, values: bool = False) -> None:
        """What stands in a block that lies in so many others, and in these files, the outermost first."""
        directives: list[Directive] = []
        for one in block.directives:
            one.file = files[-1] if files else ""
            brought = self.included.get(said(one) or "")
            if said(one) is not None and brought is not None:
                directives += self._brought(one, brought, files, deep, values)
                continue
            if one.block and deep == MOST_DEEP:
                raise NotNginx(f"{one.place}: over {MOST_DEEP} blocks in one another")
            if one.block and (_holds_directives(one) or one.name in _OF_FILES):
                self.into(one.block, files, deep + 1, values=one.name in _OF_FILES)
            directives.append(one)
        block.directives = directives

    def _brought(
        self, one: Directive, brought: tuple[Brought, ...], files: tuple[str, ...], deep: int, values: bool
    ) -> list[Directive]:
        found: list[Directive] = []
        for each in brought:
            if each.why or not self._allows(one, each, files, values):
                found += [one] if not any(other is one for other in found) else []
                continue
            inside = _parsed(each.text, each.name)
            self.into(inside, (*files, each.name), deep, values=values)
            found += inside.directives
        return found

    def _allows(self, one: Directive, each: Brought, files: tuple[str, ...], values: bool) -> bool:
        """Whether it is read; values are not where they are too many, and choose nothing then either."""
        if each.name in files:
            way = " → ".join((*files[files.index(each.name) :], each.name))
            told = f"`{each.name}` includes itself: {way}"
            raise Wrong(codes.CIRCLE, one, told, "take the file out of what this `include` names")
        counted = len(each.text) + _EACH
        if values:
            self.left_of_values -= counted
        else:
            self.left -= counted
        if len(files) == MOST_NESTED:
            told = f"files include one another over {MOST_NESTED} deep, down to `{each.name}`"
            raise Wrong(codes.TOO_MUCH, one, told, "include it from a file further out")
        if self.left < 0:
            raise too_much(one)
        return not values or self.left_of_values >= 0


def too_much(one: Directive) -> Wrong:
    """What goes past the bound of all that is brought."""
    told = f"what is included comes to over {MOST_BROUGHT >> 20} MiB"
    return Wrong(codes.TOO_MUCH, one, told, "ask for a configuration with fewer of these files")


def _holds_directives(one: Directive) -> bool:
    return one.name not in VALUES and not one.name.endswith("_by_lua_block")


def _parsed(text: str, file: str) -> Block:
    try:
        return parse(text)[0]
    except NotNginx as problem:
        raise NotNginx(f"in {file}: {problem}" if file else str(problem)) from None

"""What a configuration file of nginx includes, out of its folder alone, and what is told where that cannot be."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from twipc.diagnostics import Span
from twipc.diagnostics.render import visible
from twipc.formats.nginx.codes import COPIED, NO_FILE, NOT_READ
from twipc.formats.nginx.including import (
    BENIGN,
    MOST_BROUGHT,
    NOTHING,
    Brought,
    Included,
    Wrong,
    includes,
    is_main,
    said,
    too_much,
)
from twipc.formats.nginx.read.routing import left_open
from twipc.formats.nginx.tree import Directive, NotNginx
from twipc.regex import late_regex
from twipc.syntax import MOST_BYTES

from .beside import Disk, Left, Place, RevisionOf, copied
from .past import NoRevision, Past
from .session import Session
from .specs import folder_of

_PATTERN = late_regex(r"[*?\[]")
"""What nginx takes for a pattern (ngx_conf_include)."""
_ODD = late_regex(r"[\\\0]|\[[.:=]|/\.\./|/\.\.$|^\.\./")
"""What glob(3) reads in ways of its own."""
_AWAY = "lies outside of the folder of the configuration"
_OUTSIDE = "ask for the main file where nginx has it, or put what it includes into its folder and name it from there"
_NO_COPY = "where it is no copy of that folder, ask on the machine of that nginx, for the file that lies there"
_SMALLER = f"include files of {MOST_BYTES >> 20} MiB at most"
_WHOLE = "ask for the file that nginx is started with"


def included(name: str, text: str, revision: str) -> Included:
    """Each file that one includes, and those that they do; raises `Wrong`, and ValueError for what is no nginx."""
    if not name.endswith(".conf"):
        return NOTHING
    path, folder = Path(name), folder_of(name)
    if not revision:
        return _gathered(path, text, Disk(path.parent))
    try:
        return _gathered(path, text, RevisionOf(Past.at(folder, revision), os.path.relpath(path.parent, folder)))
    except NoRevision as problem:
        raise click.UsageError(visible(str(problem))) from None


def tell_left_open(session: Session, text: str, brought: Included, path: str, revision: str) -> None:
    """A note on each file that is not read and may choose between requests."""
    for one, each in _left(text, brought):
        told = f"`{each.name}` {each.why}: what it does with requests is left open"
        session.report.add(NOT_READ, told, span_of(one, path, revision), help=each.help)


def tell_copied(session: Session, text: str, brought: Included, path: str, revision: str) -> None:
    """A note on each folder of nginx's in whose place that of the main file is read."""
    told: set[str] = set()
    waiting, known = [("", text)], set[str]()
    while waiting and any(each.home for several in brought.values() for each in several):
        file, content = waiting.pop(0)
        for one, _ in includes(content, file):
            there = [] if one.args[0] in known else brought.get(one.args[0], ())
            known.add(one.args[0])
            waiting += [(each.name, each.text) for each in there if not each.why]
            for home in sorted({each.home for each in there if each.home} - told):
                told.add(home)
                said_ = f"`{home}` is taken for the folder of `{path}`: what is included from there is read here"
                session.report.add(COPIED, said_, span_of(one, path, revision), help=_NO_COPY)


def reason(text: str, brought: Included) -> str:
    """Why there may be no table: a file that is not read may hold what is missing."""
    return next((f"; `{each.name}` {each.why}: {each.help}" for _, each in _left(text, brought)), "")


def _left(text: str, brought: Included) -> Iterator[tuple[Directive, Brought]]:
    for one in left_open(text, brought) if brought else ():
        yield from ((one, each) for each in brought.get(said(one) or "", ()) if each.why)


def span_of(one: Directive, path: str, revision: str) -> Span:
    """Where a directive stands, in the file that was asked for or in one that it includes."""
    file = one.file or path
    return Span(f"{file}@{revision}" if revision else file, one.line, 1, one.line, 1)


def _gathered(path: Path, text: str, place: Place) -> Included:
    try:
        whole = place.is_copy = is_main(text)
        found: dict[str, tuple[Brought, ...]] = {}
        waiting, left = [("", text, False)], MOST_BROUGHT
        while waiting:
            file, content, inside = waiting.pop(0)
            for one, values in includes(content, file, values=inside):
                brought: list[Brought] = []
                for each in _brought(one, path, place, whole=whole) if one.args[0] not in found else ():
                    large = len(each.text) > (MOST_BYTES if values else min(left, MOST_BYTES))
                    if large and not values:
                        raise too_much(one)
                    left -= 0 if values else len(each.text)
                    brought.append(Brought(each.name, why="is larger than what is read", help=_SMALLER) if large else each)
                found.setdefault(one.args[0], tuple(brought))
                waiting += [(each.name, each.text, values) for each in brought if not each.why]
    except NotNginx as problem:
        raise ValueError(str(problem)) from None
    return found


def _brought(one: Directive, path: Path, place: Place, *, whole: bool) -> Iterator[Brought]:
    word = one.args[0]
    name, home = _inside(path.parent, word), ""
    if name is None and whole:
        name, home = copied(word)
    if "\0" in word:
        yield Brought(word, why="is no name of a file", help="write one")
        return
    if name is None:
        yield Brought(word, why=_AWAY, help=_OUTSIDE)
        return
    found = [name]
    if _PATTERN.search(word):
        try:
            found = _matching(name, word, place.names)
        except (Left, OSError) as why:
            yield Brought(word, why=_why(why), help=_next(why))
            return
        if not found and home and not place.names(name.rpartition("/")[0]):
            yield Brought(word, why=_AWAY, help=_OUTSIDE)
        if not found and not whole:
            yield _elsewhere(word)
    for each in found:
        shown, place.home = str(path.parent / each), home
        try:
            content = place.content(each)
        except FileNotFoundError:
            if place.home:
                yield Brought(word if found == [name] else shown, why=_AWAY, help=_OUTSIDE)
                continue
            if whole and word.rpartition("/")[2] not in BENIGN:
                told = f"there is no file `{shown}`, and nginx does not start without it"
                raise Wrong(NO_FILE, one, told, "put it there, or take out what includes it") from None
            yield _elsewhere(word)
        except (Left, OSError) as why:
            yield Brought(shown, why=_why(why), help=_next(why))
        else:
            yield Brought(shown, content.decode("utf-8", "surrogateescape"), home=place.home)


def _why(why: Left | OSError) -> str:
    return str(why) if isinstance(why, Left) else f"cannot be read: {why.strerror}"


def _next(why: Left | OSError) -> str:
    if isinstance(why, OSError):
        return "ask as somebody who may read it"
    return why.help or _OUTSIDE


def _elsewhere(word: str) -> Brought:
    """What is not beside a file that others include themselves: nginx looks in the folder of another."""
    return Brought(word, why="is not in the folder of this file, which has no `http` of its own", help=_WHOLE)


def _inside(folder: Path, word: str) -> str | None:
    """What an `include` says as a name in the folder of the main file (ngx_conf_full_name); None for what lies elsewhere."""
    full = os.path.normpath(folder.absolute() / word)
    for of in (os.path.normpath(folder.absolute()), os.path.realpath(folder)):
        if f"{full}/".startswith(f"{of.rstrip('/')}/"):
            return full[len(of) :].strip("/")
    return None


def _matching(name: str, word: str, names: Callable[[str], list[str]]) -> list[str]:
    """What glob(3) finds, in its order: nginx sets no locale, so that names are sorted by their bytes."""
    if _ODD.search(word):
        raise Left("is a pattern with more than `*`, `?` and `[…]` in it", "write it with these alone")
    found = [""]
    for part in name.split("/"):
        fits = re.compile(fnmatch.translate(part.replace("[^", "[!"))).match
        # A dot at the beginning is matched by itself alone.
        found = [
            f"{folder}/{one}".lstrip("/")
            for folder in found
            for one in names(folder)
            if fits(one) and one.startswith(".") <= part.startswith(".")
        ]
    return sorted(found, key=os.fsencode)

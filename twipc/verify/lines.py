"""Where two versions of an artifact differ, and which place of the spec each differing line came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from twipc.diagnostics import Path
from twipc.target import Artifact


class Change(Struct, frozen=True):
    """A stretch that differs: its first line on disk, and the origins of the lines that should stand there.

    `found` and `wanted` are lines with their ends; `around` are those that they stand in and beside.
    """

    line: int
    origins: tuple[Path, ...]
    found: tuple[str, ...]
    wanted: tuple[str, ...]
    around: tuple[str, ...] = ()

    def stands_in(self, place: str) -> int:
        """How many words of a place's name stand in the lines around."""
        there = _words(" ".join(self.around))
        return len(_words(place) & there)

    def shows(self, wanted: Iterable[str], found: Iterable[str]) -> int:
        """How many of both kinds of texts stand in its lines: none, one or both."""
        pairs = ((self.wanted, wanted), (self.found, found))
        return sum(max((text in line for line in lines for text in texts), default=False) for lines, texts in pairs)

    @property
    def columns(self) -> tuple[int, int]:
        """Where the first line's own text begins, and the column after it."""
        line = self.found[0].rstrip("\r\n") if self.found else ""
        start = len(line) - len(line.lstrip()) + 1
        return start, max(start + 1, len(line) + 1)

    def told(self) -> str:
        """The first line here and the one that should stand there; where only their ends differ, these."""
        found, wanted = (lines[0] if lines else None for lines in (self.found, self.wanted))
        if found and wanted and found.strip() == wanted.strip() and _end(found) != _end(wanted):
            return f"here the line ends with {_end(found)}, the spec makes {_end(wanted)}"
        here, there = ("nothing" if line is None else f"`{line.strip()}`" for line in (found, wanted))
        return f"here is {here}, the spec makes {there}"


def changes(artifact: Artifact, found: str) -> Iterator[Change]:
    """Every stretch in which `found` is not the artifact's text."""
    if found == artifact.text:
        return
    wanted, there = artifact.text.splitlines(keepends=True), found.splitlines(keepends=True)
    from .stretches import stretches

    depths = [_depth(line) for line in wanted]
    heads = _heads(wanted, depths)
    for first, last, start, end in stretches(wanted, there):
        # Where lines were only added, the line before them says where in the spec this is.
        near = artifact.origins[first:last] or artifact.origins[max(0, first - 1) : first]
        line = min(start + 1, max(1, len(there)))
        yield Change(line, near, tuple(there[start:end]), tuple(wanted[first:last]), _around(wanted, depths, heads, first))


def _heads(lines: Sequence[str], depths: Sequence[int]) -> list[int]:
    """For each line that of the nearest before it that is less indented; -1 where there is none."""
    heads: list[int] = []
    open_: list[int] = []
    for number, line in enumerate(lines):
        indent = _indent(line)
        heads.append(next((one for one in reversed(open_) if depths[one] < indent), -1))
        if line.strip():
            while open_ and depths[open_[-1]] >= depths[number]:
                open_.pop()
            open_.append(number)
    return heads


def _around(lines: Sequence[str], depths: Sequence[int], heads: Sequence[int], at: int) -> tuple[str, ...]:
    """The lines beside one in its item, section or block, and the heads of those that this stands in."""
    if at == len(lines):
        return ()
    depth = depths[at]
    around: list[str] = []
    beside, within = not _is_item(lines[at]), _indent(lines[at]) if _is_item(lines[at]) else depth
    number = at - 1 if beside else heads[at]
    while number >= 0:
        line, next_ = lines[number], number - 1
        if line.strip() and depths[number] < within:
            around.append(line)
            beside, within = False, _indent(line)
            next_ = heads[number]
        elif line.strip() and beside and depths[number] == depth:
            around.append(line)
            if _is_item(line):
                beside, within = False, _indent(line)
                next_ = heads[number]
        number = next_
    for line in filter(str.strip, lines[at + 1 :]):
        if _depth(line) < depth or (_depth(line) == depth and _is_item(line)):
            break
        if _depth(line) == depth:
            around.append(line)
    return tuple(around)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _depth(line: str) -> int:
    """How far the text of a line is indented: the first line of a list's item stands beside the others."""
    return len(line) - len(line.lstrip(" \t-"))


def _is_item(line: str) -> bool:
    return line.lstrip().startswith("- ")


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\s{};:,\"'`]+", text))


def _end(line: str) -> str:
    return {"\n": "LF", "\r\n": "CRLF", "\r": "CR", "": "nothing"}.get(line[len(line.rstrip("\r\n")) :], "another")

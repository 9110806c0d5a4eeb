"""What the comments of a run's specs ignore, and which of them ignored nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePosixPath

from msgspec import Struct, field

from twipc.diagnostics import Finding, Report, Severity, Stopped
from twipc.spec import is_fragment
from twipc.syntax import Ignore, Tree, asks_to_ignore, comments, ignores, parse, unused


class Ignoring(Struct):
    """The ignoring comments of one project, gathered from the files that its specs were read from."""

    _ignores: list[Ignore] = field(default_factory=list)
    _first: dict[tuple[str, str, int], Ignore] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _used: set[Ignore] = field(default_factory=set)
    _whole: set[str] = field(default_factory=set)

    def stay(self, file: str, findings: Iterable[Finding], sources: Mapping[str, str], *, whole: bool) -> list[Finding]:
        """The findings on the spec `file` that no comment ignores, and those on comments that cannot ignore anything.

        With `whole`, all that can be found on it was looked for.
        """
        stay = self._new(sources)
        for finding in findings:
            span = finding.span
            ignore = self._first.get((finding.code.id, span.file, span.line)) if span else None
            if ignore:
                self._used.add(ignore)
            else:
                stay.append(finding)
        if whole and not any(finding.severity is Severity.ERROR for finding in stay):
            self._whole.add(file)
        return stay

    def unused(
        self,
        read: Callable[[], Mapping[str, str]],
        of_fragment: Callable[[str, str], Iterable[Finding]],
        unsaid: Collection[str] = (),
    ) -> list[Finding]:
        """What ignored nothing, in files of which every environment was looked at; `read` gives the texts of all specs.

        `of_fragment` finds what a fragment has wrong by itself. The codes that are `unsaid` were not looked for.
        """
        left = self._left(unsaid)
        specs = read() if left else {}
        files = sorted({one.span.file for one in left})
        for file in files:
            if _is_fragment(file, specs.get(file, "")):
                self.stay(file, of_fragment(file, specs[file]), {}, whole=False)
        judged = {file for file in files if self._is_judged(file, specs)}
        return [unused(one) for one in self._left(unsaid) if one.span.file in judged]

    def _left(self, unsaid: Collection[str]) -> list[Ignore]:
        return [one for one in self._ignores if one not in self._used and one.code not in unsaid]

    def _new(self, sources: Mapping[str, str]) -> list[Finding]:
        """Take in the comments of files that are new."""
        wrong: list[Finding] = []
        for file in sources.keys() - self._read:
            self._read.add(file)
            tree = _tree(file, sources[file]) if asks_to_ignore(sources[file]) else None
            if tree and tree.node(("twipc",)):
                from twipc.catalogue import codes

                found, bad = ignores(comments(tree, sources[file]), codes())
                self._ignores += found
                self._first |= {one.place: one for one in reversed(found)}
                wrong += bad
        return wrong

    def _is_judged(self, file: str, specs: Mapping[str, str]) -> bool:
        """Whether the file and all that may extend it were looked at whole, or are fragments."""
        users = [file]
        for one in users:
            name = PurePosixPath(one).name
            users += [other for other, text in specs.items() if other not in users and "extends" in text and name in text]
        return all(one in self._whole or _is_fragment(one, specs.get(one, "")) for one in users)


def _tree(file: str, text: str) -> Tree | None:
    try:
        return parse(text.encode("utf-8", "surrogatepass"), file, Report())
    except Stopped:
        return None  # what is wrong is said when the file is read as a spec


def _is_fragment(file: str, text: str) -> bool:
    tree = _tree(file, text)
    return tree is not None and is_fragment(tree)

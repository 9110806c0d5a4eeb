"""A spec and the files it extends, as one tree."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from posixpath import dirname, join, normpath

from twipc.diagnostics import Report, Span, Stopped
from twipc.syntax import Entry, NodeMapping, NodeScalar, Tree, parse

from . import codes
from .desugar import desugar
from .overlay import overlay
from .shape import shape_at

ReadFile = Callable[[str], bytes | None]
"""Gives the bytes of a file named relative to the project, or None where there is none."""


def assemble(file: str, content: bytes, read: ReadFile, report: Report) -> Tree:
    """The whole tree of the spec `file`: extended files under it, `from` resolved, unnamed fragment services left out.

    Raises `Stopped` after reporting what can not be put together.
    """
    chain = _chain(file, content, read, report)
    merged = NodeMapping({}, chain[0].root.span)
    pool = merged
    named: set[str] = set()
    for tree in reversed(chain):
        pool = merged
        merged = overlay(merged, tree.root, shape_at(()))
        if "environment" in tree.root.entries:
            named |= set(_services(tree.root))
    if "environment" in chain[0].root.entries:
        _take_from(merged, pool, report)
        _keep(merged, named)
    report.stop_on_errors()
    return Tree(merged, file)


def is_fragment(tree: Tree) -> bool:
    """Whether the tree names no environment, so that it is never compiled alone."""
    return "environment" not in tree.root.entries


def _chain(file: str, content: bytes | None, read: ReadFile, report: Report) -> list[Tree]:
    """The spec and what it extends, nearest first."""
    chain: list[Tree] = []
    while content is not None:
        tree = desugar(parse(content, file, report))
        chain.append(tree)
        entry = tree.root.entries.pop("extends", None)
        if entry is None:
            return chain
        span, value = entry.node.span, entry.node.value if isinstance(entry.node, NodeScalar) else None
        if not isinstance(value, str) or value.startswith("/"):
            report.add(codes.EXTENDS, "`extends` names one file beside this one", span, help="such as `extends: base.yaml`")
            raise Stopped
        file = normpath(join(dirname(file), value))
        if any(tree.file == file for tree in chain):
            names = " → ".join([*(tree.file for tree in chain), file])
            report.add(codes.EXTENDS, f"the files extend each other: {names}", span)
            raise Stopped
        content = None if file.startswith("../") else read(file)
        if content is None:
            report.add(codes.EXTENDS, f"there is no file `{file}`", span, help="the path is relative to this file")
            raise Stopped
    raise AssertionError("the driver hands over the first file's content")


def _services(root: NodeMapping) -> dict[str, Entry]:
    entry = root.entries.get("services")
    return entry.node.entries if entry and isinstance(entry.node, NodeMapping) else {}


def _take_from(merged: NodeMapping, pool: NodeMapping, report: Report) -> None:
    """Lay each service that says `from: other` over that service of an extended file."""
    sources = _services(pool)
    for entry in _services(merged).values():
        if not isinstance(entry.node, NodeMapping) or "from" not in entry.node.entries:
            continue
        written = entry.node.entries.pop("from").node
        name = written.value if isinstance(written, NodeScalar) else None
        source = sources.get(name) if isinstance(name, str) else None
        if source is None or not isinstance(source.node, NodeMapping):
            _unknown_source(str(name), sources, written.span, report)
            continue
        entry.node = overlay(source.node, entry.node, shape_at(("services", "*")))


def _unknown_source(name: str, sources: dict[str, Entry], span: Span, report: Report) -> None:
    near = difflib.get_close_matches(name, sources, 1)
    known = f"services there are: {', '.join(sorted(sources))}" if sources else "this spec extends no file with services"
    report.add(
        codes.FROM,
        f"`from` names `{name}`, which is no service of an extended file",
        span,
        help=f"did you mean `{near[0]}`?" if near else known,
    )


def _keep(merged: NodeMapping, named: set[str]) -> None:
    """Leave out the fragments' services that no environment file names."""
    services = _services(merged)
    for name in set(services) - named:
        del services[name]

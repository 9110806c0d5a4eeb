"""A spec and the files it extends, as one tree."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, join, normpath

from twipc.diagnostics import Report, Span, Stopped
from twipc.diagnostics.near import listed, near
from twipc.syntax import Entry, Node, NodeMapping, NodeScalar, Tree, parse

from . import codes
from .desugar import desugar
from .overlay import overlay
from .shape import shape_at

MOST_STEPS = 50
"""More files or services that build on each other nobody follows."""
ReadFile = Callable[[str], bytes | None]
"""Gives the bytes of a file named relative to the project, or None where there is none."""


def assemble(file: str, content: bytes, read: ReadFile, report: Report) -> Tree:
    """The whole tree of the spec `file`: extended files under it, `from` resolved, unnamed fragment services left out.

    Raises `Stopped` after reporting what cannot be put together.
    """
    chain = _chain(file, content, read, report)
    merged = NodeMapping({}, chain[0].root.span)
    pool = merged
    named: set[str] = set()
    for tree in reversed(chain):
        pool = merged
        merged = overlay(merged, tree.root, shape_at(()))
        if "environment" in tree.root.entries:
            _keep_empty(merged, tree.root, named)
            named |= set(_services(tree.root))
    if "environment" in chain[0].root.entries:
        merged = _with_its_own(merged, named, pool, report)
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
        if not isinstance(value, str) or value.startswith("/") or not value.endswith((".yaml", ".yml")):
            report.add(
                codes.EXTENDS, "`extends` names one YAML file beside this one", span, help="such as `extends: base.yaml`"
            )
            raise Stopped
        file = normpath(join(dirname(file), value))
        if len(chain) == MOST_STEPS:
            report.add(codes.EXTENDS, f"over {MOST_STEPS} files extend each other", span)
            raise Stopped
        if any(tree.file == file for tree in chain):
            names = " → ".join([*(tree.file for tree in chain), file])
            report.add(codes.EXTENDS, f"the files extend each other: {names}", span)
            raise Stopped
        content = None if file.startswith("../") else read(file)
        if content is None:
            if file.startswith("../"):
                said, help = f"`{value}` leads out of the project", "the project is the folder that holds `specs/`"
            else:
                said, help = f"there is no file `{file}` in the project", "the path is relative to this file"
            report.add(codes.EXTENDS, said, span, help=help)
            raise Stopped
    raise AssertionError("the driver hands over the first file's content")


def _services(root: NodeMapping) -> dict[str, Entry]:
    entry = root.entries.get("services")
    return entry.node.entries if entry and isinstance(entry.node, NodeMapping) else {}


def _with_its_own(merged: NodeMapping, named: set[str], pool: NodeMapping, report: Report) -> NodeMapping:
    """Only the services that an environment file names; each that says `from: other` laid over that of an extended file."""
    entry = merged.entries.get("services")
    if entry is None or not isinstance(entry.node, NodeMapping):
        return merged
    sources = _services(pool)
    services = {
        name: Entry(service.key, _laid_over(service.node, sources, (), report))
        for name, service in entry.node.entries.items()
        if name in named
    }
    kept = Entry(entry.key, NodeMapping(services, entry.node.span))
    return NodeMapping({**merged.entries, "services": kept}, merged.span)


def _laid_over(node: Node, sources: dict[str, Entry], through: tuple[str, ...], report: Report) -> Node:
    """A service over the one that it is taken from, which may itself be taken from another."""
    if not isinstance(node, NodeMapping) or "from" not in node.entries:
        return node
    written = node.entries["from"].node
    own = NodeMapping({key: entry for key, entry in node.entries.items() if key != "from"}, node.span)
    if not isinstance(written, NodeScalar) or not isinstance(written.value, str):
        report.add(codes.FROM, "`from` names one service of an extended file", written.span, help="such as `from: web`")
        return own
    source = sources.get(written.value)
    if source is None or not isinstance(source.node, NodeMapping):
        _unknown_source(written.value, sources, written.span, report)
        return own
    if written.value in through:
        circle = " → ".join([*through, written.value])
        report.add(codes.FROM, f"the services are taken from each other: {circle}", written.span)
        return own
    if len(through) == MOST_STEPS:
        report.add(codes.FROM, f"over {MOST_STEPS} services are taken from each other", written.span)
        return own
    below = _laid_over(source.node, sources, (*through, written.value), report)
    assert isinstance(below, NodeMapping)
    return overlay(below, own, shape_at(("services", "*")))


def _keep_empty(merged: NodeMapping, root: NodeMapping, named: set[str]) -> None:
    """`web:` with nothing after it takes no fragment's service out, for none is in yet: `bind` says that it is empty."""
    for name, entry in _services(root).items():
        if isinstance(entry.node, NodeScalar) and entry.node.value is None and name not in named:
            _services(merged)[name] = entry


def _unknown_source(name: str, sources: dict[str, Entry], span: Span, report: Report) -> None:
    meant = near(name, sources)
    known = f"services there are: {listed(sources)}" if sources else "this spec extends no file with services"
    report.add(
        codes.FROM,
        f"`from` names `{name}`, which is no service of an extended file",
        span,
        help=f"did you mean `{meant}`?" if meant else known,
    )

"""A spec and the files it extends, as one tree."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from posixpath import dirname, join, normpath

from twipc.diagnostics import Finding, Path, Report, Span, Stopped
from twipc.diagnostics.near import listed, near
from twipc.syntax import Entry, Gaps, Node, NodeMapping, NodeScalar, Tree, salvage

from . import codes
from .desugar import desugar
from .environment import Environment
from .overlay import overlay
from .shape import fields, shape_at

MOST_STEPS = 50
"""More files or services that build on each other nobody follows."""
ReadFile = Callable[[str], bytes | None]
"""Gives the bytes of a file named relative to the project, or None where there is none."""


def assemble(file: str, content: bytes, read: ReadFile, report: Report) -> Tree:
    """The whole tree of the spec `file`: extended files under it, `from` resolved, unnamed fragment services left out.

    It has gaps where something could not be read, and was reported; raises `Stopped` where nothing could.
    """
    chain, gaps = _chain(file, content, read, report)
    merged = NodeMapping({}, chain[0].root.span)
    pool = merged
    named: set[str] = set()
    for tree in reversed(chain):
        pool = merged
        merged = overlay(merged, tree.root, shape_at(()))
        if not is_fragment(tree):
            _keep_empty(merged, tree.root, named)
            named |= set(_services(tree.root))
    if not is_fragment(chain[0]):
        merged = _with_its_own(merged, named, pool, gaps, report)
    return Tree(merged, file, Gaps(gaps))


def by_itself(tree: Tree, report: Report) -> Tree:
    """A fragment as far as it can be judged: whoever extends it may say more, and knows what its services are taken from."""
    services = {name: Entry(one.key, _without_from(one.node, report)) for name, one in _services(tree.root).items()}
    entries = dict(tree.root.entries)
    if services:
        entries["services"] = Entry(entries["services"].key, NodeMapping(services, entries["services"].node.span))
    return Tree(NodeMapping(entries, tree.root.span), tree.file, Gaps({*tree.gaps.paths, ()}))


def _without_from(node: Node, report: Report) -> Node:
    if not isinstance(node, NodeMapping) or "from" not in node.entries:
        return node
    _named(node.entries["from"].node, report)
    return NodeMapping({key: entry for key, entry in node.entries.items() if key != "from"}, node.span)


def names_no_environment(file: str, content: bytes) -> bool:
    """Whether a file is a fragment by what it says; of one in which something cannot be read, nobody knows."""
    report = Report()
    try:
        tree = _read(content, file, report)
        report.stop_on_errors()
        return is_fragment(tree)
    except Stopped:
        return False  # what is wrong is said, with all else, when the spec itself is read


def extended_by(file: str, content: bytes) -> str | None:
    """The file that one says it extends, "" if it says none; None where it cannot be read."""
    tree, _ = _read_once(content, file)
    if tree is None:
        return None
    entry = tree.root.entries.get("extends")
    value = entry.node.value if entry and isinstance(entry.node, NodeScalar) else None
    return normpath(join(dirname(file), value)) if isinstance(value, str) else ""


def is_fragment(tree: Tree) -> bool:
    """Whether the tree names no environment, not even by a slip, so that it is never compiled alone."""
    words = tree.root.entries.keys()
    return "environment" not in words and near("environment", words - fields(Environment).keys()) is None


def _chain(file: str, content: bytes, read: ReadFile, report: Report) -> tuple[list[Tree], set[Path]]:
    """The spec and what it extends, nearest first; and the gaps in it, which is one whole gap where a file is missing."""
    chain = [_read(content, file, report)]
    gaps = set(chain[0].gaps.paths)
    extends = chain[0].root.entries.get("extends")
    while extends:
        chain[-1] = _without_extends(chain[-1])
        try:
            file, content = _extended(extends.node, chain, read, report)
            chain.append(_read(content, file, report))
        except Stopped:
            return chain, {*gaps, ()}
        gaps |= chain[-1].gaps.paths
        extends = chain[-1].root.entries.get("extends")
    return chain, gaps


def _without_extends(tree: Tree) -> Tree:
    entries = {key: entry for key, entry in tree.root.entries.items() if key != "extends"}
    return Tree(NodeMapping(entries, tree.root.span), tree.file, tree.gaps)


def _read(content: bytes, file: str, report: Report) -> Tree:
    """One file without short forms, as far as it can be read; raises `Stopped` where nothing could."""
    tree, findings = _read_once(content, file)
    report.extend(findings)
    if tree is None:
        raise Stopped
    return tree


@lru_cache(maxsize=32)
def _read_once(content: bytes, file: str) -> tuple[Tree | None, tuple[Finding, ...]]:
    """Whoever looks whether a file is a fragment, or extends it, shares one tree, which nobody changes."""
    report = Report()
    try:
        tree: Tree | None = desugar(salvage(content, file, report))
    except Stopped:
        tree = None
    return tree, report.findings


def _extended(node: Node, chain: list[Tree], read: ReadFile, report: Report) -> tuple[str, bytes]:
    """The file that the last of the chain extends; raises `Stopped` after reporting why there is none."""
    span, value = node.span, node.value if isinstance(node, NodeScalar) else None
    help: str | None = None
    if isinstance(value, str) and not value.startswith("/") and value.endswith((".yaml", ".yml")):
        file = normpath(join(dirname(chain[-1].file), value))
        if len(chain) == MOST_STEPS:
            said, help = f"over {MOST_STEPS} files extend each other", "put what they share into fewer"
        elif any(tree.file == file for tree in chain):
            said = f"the files extend each other: {' → '.join([*(tree.file for tree in chain), file])}"
            help = "take one `extends` out, and put what both share into a file that extends neither"
        elif file.startswith("../"):
            said, help = f"`{value}` leads out of the project", "the project is the folder that holds `specs/`"
        elif (content := read(file)) is not None:
            return file, content
        else:
            said, help = f"there is no file `{file}` in the project", "the path is relative to this file"
    else:
        said, help = "`extends` names one YAML file beside this one", "such as `extends: base.yaml`"
    report.add(codes.EXTENDS, said, span, help=help)
    raise Stopped


def _services(root: NodeMapping) -> dict[str, Entry]:
    entry = root.entries.get("services")
    return entry.node.entries if entry and isinstance(entry.node, NodeMapping) else {}


def _with_its_own(merged: NodeMapping, named: set[str], pool: NodeMapping, gaps: set[Path], report: Report) -> NodeMapping:
    """Only the services that an environment file names; each that says `from: other` laid over that of an extended file."""
    entry = merged.entries.get("services")
    if entry is None or not isinstance(entry.node, NodeMapping):
        return merged
    sources = _services(pool)
    services: dict[str, Entry] = {}
    known, unsure = Gaps(gaps), set[Path]()
    for name, service in entry.node.entries.items():
        if name in named:
            found = Report()
            services[name] = Entry(service.key, _laid_over(service.node, sources, (), known, found))
            is_taken = isinstance(service.node, NodeMapping) and "from" in service.node.entries
            if is_taken and (gaps or found.has_errors):
                unsure.add(("services", name))
            report.extend(found.findings)
    gaps |= unsure
    kept = Entry(entry.key, NodeMapping(services, entry.node.span))
    return NodeMapping({**merged.entries, "services": kept}, merged.span)


def _laid_over(node: Node, sources: dict[str, Entry], through: tuple[str, ...], gaps: Gaps, report: Report) -> Node:
    """A service over the one that it is taken from, which may itself be taken from another."""
    if not isinstance(node, NodeMapping) or "from" not in node.entries:
        return node
    written = node.entries["from"].node
    own = NodeMapping({key: entry for key, entry in node.entries.items() if key != "from"}, node.span)
    name = _named(written, report)
    if not name:
        return own
    source = sources.get(name)
    if source is None or not isinstance(source.node, NodeMapping):
        if not gaps.hide(("services", name)):
            _unknown_source(name, sources, written.span, report)
        return own
    if name in through:
        circle = " → ".join([*through, name])
        report.add(codes.FROM, f"the services are taken from each other: {circle}", written.span)
        return own
    if len(through) == MOST_STEPS:
        report.add(codes.FROM, f"over {MOST_STEPS} services are taken from each other", written.span)
        return own
    below = _laid_over(source.node, sources, (*through, name), gaps, report)
    assert isinstance(below, NodeMapping)
    return overlay(below, own, shape_at(("services", "*")))


def _named(written: Node, report: Report) -> str:
    """The service that `from` names; "" after reporting that it names none."""
    if isinstance(written, NodeScalar) and isinstance(written.value, str) and written.value:
        return written.value
    report.add(codes.FROM, "`from` names one service of an extended file", written.span, help="such as `from: web`")
    return ""


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

"""Short forms, written long: `ports: {http: 8080}` becomes `ports: {http: {number: 8080}}`, at the same span."""

from __future__ import annotations

from twipc.syntax import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree

from .environment import Environment
from .noun import Noun
from .shape import Leaf, ListOf, MapOf, OfNoun, Shape, fields, inside


def desugar(tree: Tree) -> Tree:
    """A tree without short forms; what is not a short form of anything stays for `bind` to refuse."""
    root = _long(tree.root, OfNoun(Environment))
    assert isinstance(root, NodeMapping)
    targets = root.entries.get("targets")
    if targets and isinstance(targets.node, NodeSequence):
        targets.node = _by_name(targets.node)
    return Tree(root, tree.file, tree.gaps)


def _long(node: Node, shape: Shape) -> Node:
    if isinstance(shape, Leaf):
        return node
    if isinstance(node, NodeScalar):
        if isinstance(shape, OfNoun) and shape.noun.SHORT and node.value is not None:
            return NodeMapping({shape.noun.SHORT: Entry(node.span, node)}, node.span)
        return node
    if isinstance(node, NodeSequence):
        if isinstance(shape, ListOf):
            return NodeSequence([_long(item, shape.item) for item in node.items], node.span)
        return node
    if isinstance(shape, OfNoun | MapOf):
        entries = _bracketed(node.entries, shape.noun) if isinstance(shape, OfNoun) else node.entries
        return NodeMapping(
            {key: Entry(each.key, _long(each.node, inside(shape, key))) for key, each in entries.items()}, node.span
        )
    return node


def _bracketed(entries: dict[str, Entry], noun: type[Noun]) -> dict[str, Entry]:
    """Where one or more may stand, one is a list of one."""
    found = entries
    for name in noun.ONE_OR_MORE:
        entry = entries.get(name)
        if entry and isinstance(entry.node, NodeScalar) and entry.node.value is not None:
            assert isinstance(fields(noun)[name], ListOf)
            found = {**found, name: Entry(entry.key, NodeSequence([entry.node], entry.node.span))}
    return found


def _by_name(names: NodeSequence) -> Node:
    """`targets: [compose, nginx]` is `targets: {compose: {}, nginx: {}}`."""
    entries: dict[str, Entry] = {}
    for item in names.items:
        if not isinstance(item, NodeScalar) or not isinstance(item.value, str):
            return names
        entries[item.value] = Entry(item.span, NodeMapping({}, item.span))
    return NodeMapping(entries, names.span)

"""Short forms, written long: `ports: {http: 8080}` becomes `ports: {http: {number: 8080}}`, at the same span."""

from __future__ import annotations

from operator import is_

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
        root = NodeMapping({**root.entries, "targets": Entry(targets.key, _by_name(targets.node))}, root.span)
    return Tree(root, tree.file, tree.gaps)


def _long(node: Node, shape: Shape) -> Node:
    """The same without short forms; itself, where it has none."""
    if isinstance(shape, Leaf):
        return node
    if isinstance(node, NodeScalar):
        if isinstance(shape, OfNoun) and shape.noun.SHORT and node.value is not None:
            return NodeMapping({shape.noun.SHORT: Entry(node.span, node)}, node.span)
        return node
    if isinstance(node, NodeSequence):
        if isinstance(shape, ListOf):
            items = [_long(item, shape.item) for item in node.items]
            return node if all(map(is_, items, node.items)) else NodeSequence(items, node.span)
        return node
    if isinstance(shape, OfNoun | MapOf):
        entries = _bracketed(node.entries, shape.noun) if isinstance(shape, OfNoun) else node.entries
        longer = {
            key: Entry(each.key, inner)
            for key, each in entries.items()
            if (inner := _long(each.node, inside(shape, key))) is not each.node
        }
        return node if entries is node.entries and not longer else NodeMapping({**entries, **longer}, node.span)
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

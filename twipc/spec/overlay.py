"""One tree laid over another: maps merge by key, lists and scalars replace, `null` removes."""

from __future__ import annotations

from twipc.syntax import Entry, Node, NodeMapping, NodeScalar

from .shape import OfNoun, Shape, inside


def overlay(base: NodeMapping, over: NodeMapping, shape: Shape) -> NodeMapping:
    """`over` laid on `base`; every node keeps the span it came with, and stands in the result itself where only one has it.

    A noun of which one of several kinds is written is replaced whole by another kind.
    """
    merged = dict(base.entries)
    if isinstance(shape, OfNoun) and _kind(over, shape) and _kind(base, shape) != _kind(over, shape):
        merged = {key: entry for key, entry in merged.items() if key in over.entries and _is_null(over.entries[key].node)}
    for key, entry in over.entries.items():
        if _is_null(entry.node) and key in merged:
            del merged[key]
            continue
        merged[key] = Entry(entry.key, _over(merged.get(key), entry.node, inside(shape, key)))
    return NodeMapping(merged, over.span)


def _over(under: Entry | None, node: Node, shape: Shape) -> Node:
    if under and isinstance(under.node, NodeMapping) and isinstance(node, NodeMapping):
        return overlay(under.node, node, shape)
    return node


def _kind(node: NodeMapping, shape: OfNoun) -> frozenset[str]:
    written = (name for name in shape.noun.ONE_OF if name in node.entries)
    return frozenset(name for name in written if not _is_null(node.entries[name].node))


def _is_null(node: Node) -> bool:
    return isinstance(node, NodeScalar) and node.value is None

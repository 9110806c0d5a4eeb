"""The tree of a spec: data, and the span of each key and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twipc.diagnostics import Path, Span


@dataclass(slots=True)
class NodeScalar:
    """A scalar as YAML 1.2's core schema reads it; `text` is how it was written."""

    value: str | int | float | bool | None
    text: str
    span: Span


@dataclass(slots=True)
class NodeSequence:
    items: list[Node]
    span: Span


@dataclass(slots=True)
class Entry:
    """One key of a mapping and what it holds."""

    key: Span
    node: Node


@dataclass(slots=True)
class NodeMapping:
    entries: dict[str, Entry]
    span: Span


Node = NodeScalar | NodeSequence | NodeMapping


@dataclass(slots=True)
class Tree:
    """A whole spec; after an overlay its nodes may come from several files."""

    root: NodeMapping
    file: str

    def node(self, path: Path) -> Node | None:
        """What stands at `path`, or None."""
        node: Node | None = self.root
        for step in path:
            node = _child(node, step)
        return node

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where `path` stands in the text, or where its nearest written ancestor does.

        With `key`, the span of the key rather than of the value, if the last step is a key.
        """
        node: Node = self.root
        at = self.root.span
        for index, step in enumerate(path):
            child = _child(node, step)
            if child is None:
                return at
            if isinstance(node, NodeMapping) and (key and index == len(path) - 1):
                return node.entries[str(step)].key
            at, node = self._place(node, step, child), child
        return node.span if path and not isinstance(node, NodeMapping) else at

    @staticmethod
    def _place(parent: Node, step: str | int, child: Node) -> Span:
        """A block mapping begins at its first key: its own key tells a reader more."""
        if isinstance(parent, NodeMapping) and isinstance(child, NodeMapping):
            return parent.entries[str(step)].key
        return child.span

    def name(self, path: Path) -> str:
        """`path` as `accept` writes it: joined by dots, list items by port, name, network or service, others in brackets."""
        words: list[str] = []
        node: Node | None = self.root
        for step in path:
            node = _child(node, step)
            word = _item_name(node, step) if isinstance(step, int) else step
            if word.replace("-", "").replace("_", "").isalnum():
                words.append(f".{word}")
            else:
                words.append(f"[{word}]")
        return "".join(words).removeprefix(".")

    def data(self) -> dict[str, Any]:
        """Plain values: dict, tuple, str, int, float, bool, None."""
        return {key: plain(entry.node) for key, entry in self.root.entries.items()}


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, NodeMapping) and isinstance(step, str):
        entry = node.entries.get(step)
        return entry.node if entry else None
    if isinstance(node, NodeSequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def _item_name(node: Node | None, index: int) -> str:
    for key in ("port", "name", "network", "service"):
        child = _child(node, key)
        if isinstance(child, NodeScalar) and isinstance(child.value, str):
            return child.value
    return str(index)


def plain(node: Node) -> Any:
    """The value of a node: dict, tuple, str, int, float, bool or None."""
    if isinstance(node, NodeScalar):
        return node.value
    if isinstance(node, NodeSequence):
        return tuple(plain(item) for item in node.items)
    return {key: plain(entry.node) for key, entry in node.entries.items()}

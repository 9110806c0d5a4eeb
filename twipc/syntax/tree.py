"""The tree of a spec: data, and the span of each key and value."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from twipc.diagnostics import Path, Span

from .gaps import NO_GAPS, Gaps


class NodeScalar(Struct, frozen=True, gc=False):
    """A scalar as YAML 1.2's core schema reads it; `text` is how it was written."""

    value: str | int | float | bool | None
    text: str
    span: Span


class NodeSequence(Struct, gc=False):
    """A list; `numbers` are those that its items were written with, where some were taken out."""

    items: list[Node]
    span: Span
    numbers: tuple[int, ...] | None = None
    _names: Counter[str] | None = None

    def called(self, name: str) -> int:
        """How many of its items are called so; they are counted once, however many are asked for."""
        if self._names is None:
            self._names = Counter(map(_called, self.items))
        return self._names[name]


class Entry(Struct, gc=False):
    """One key of a mapping and what it holds."""

    key: Span
    node: Node


class NodeMapping(Struct, gc=False):
    entries: dict[str, Entry]
    span: Span


Node = NodeScalar | NodeSequence | NodeMapping


class Tree(Struct):
    """A whole spec; after an overlay its nodes may come from several files."""

    root: NodeMapping
    file: str
    gaps: Gaps = NO_GAPS

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
        """`path` as `accept` writes it: joined by dots, list items by port, name, network or service, others in brackets.

        Of two items that are called alike each is named by its number.
        """
        words: list[str] = []
        node: Node | None = self.root
        for step in path:
            if isinstance(step, int):
                numbers = node.numbers if isinstance(node, NodeSequence) else None
                word = _item_name(node, step, numbers[step] if numbers else step)
            else:
                word = step
            node = _child(node, step)
            if word.replace("-", "").replace("_", "").isalnum():
                words.append(f".{word}")
            else:
                words.append(f"[{word}]")
        return "".join(words).removeprefix(".")

    def without(self, wrong: Collection[Path], unsure: Collection[Path] = ()) -> Tree:
        """The same tree with gaps where something is `wrong`, which is taken out, and where one is `unsure`."""
        moved = _Moved(wrong)
        lost = {path if isinstance(path[-1], str) else path[:-1] for path in wrong}
        gaps = Gaps(map(moved, {*self.gaps.paths, *unsure, *lost}), flawed=self.gaps.flawed)
        root = _without(self.root, list(wrong))
        assert isinstance(root, NodeMapping)
        return Tree(root, self.file, gaps)

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


def _item_name(items: Node | None, step: int, number: int) -> str:
    """What an item is called that none beside it is called too; else its number."""
    name = _called(_child(items, step))
    return name if name and isinstance(items, NodeSequence) and items.called(name) == 1 else str(number)


def _called(node: Node | None) -> str:
    for key in ("port", "name", "network", "service"):
        child = _child(node, key)
        if isinstance(child, NodeScalar) and isinstance(child.value, str):
            return child.value
    return ""


def plain(node: Node) -> Any:
    """The value of a node: dict, tuple, str, int, float, bool or None."""
    if isinstance(node, NodeScalar):
        return node.value
    if isinstance(node, NodeSequence):
        return tuple(plain(item) for item in node.items)
    children = ((key, entry.node) for key, entry in node.entries.items())
    return {key: child.value if isinstance(child, NodeScalar) else plain(child) for key, child in children}


def _without(node: Node, wrong: Collection[Path]) -> Node:
    """A node without what stands at the paths in it; only what lies on the way there is made anew."""
    lost = {path[0] for path in wrong if len(path) == 1}
    inside: dict[str | int, list[Path]] = {}
    for path in wrong:
        if path[0] not in lost:
            inside.setdefault(path[0], []).append(path[1:])
    if isinstance(node, NodeMapping):
        entries = {
            key: Entry(entry.key, _without(entry.node, inside[key])) if key in inside else entry
            for key, entry in node.entries.items()
            if key not in lost
        }
        return NodeMapping(entries, node.span)
    assert isinstance(node, NodeSequence), "only what is there is taken out"
    left = [(index, item) for index, item in enumerate(node.items) if index not in lost]
    numbers = node.numbers or range(len(node.items))
    return NodeSequence(
        [_without(item, inside[index]) if index in inside else item for index, item in left],
        node.span,
        tuple(numbers[index] for index, _ in left),
    )


class _Moved:
    """Where a path leads after items of lists were taken out."""

    def __init__(self, wrong: Collection[Path]) -> None:
        self._lost: dict[Path, list[int]] = {}
        for path in wrong:
            if isinstance(path[-1], int):
                insort(self._lost.setdefault(path[:-1], []), path[-1])

    def __call__(self, path: Path) -> Path:
        return tuple(
            step - bisect_left(self._lost.get(path[:index], []), step) if isinstance(step, int) else step
            for index, step in enumerate(path)
        )

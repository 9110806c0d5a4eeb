"""Bytes to `Tree`: YAML 1.2 data that remembers where each key and value stands."""

from .parse import MOST_BYTES, parse
from .scalars import resolve
from .tree import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree, plain

__all__ = ["MOST_BYTES", "Entry", "Node", "NodeMapping", "NodeScalar", "NodeSequence", "Tree", "parse", "plain", "resolve"]

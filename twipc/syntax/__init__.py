"""Bytes to `Tree`: YAML 1.2 data that remembers where each key and value stands."""

from .parse import parse
from .tree import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree

__all__ = ["Entry", "Node", "NodeMapping", "NodeScalar", "NodeSequence", "Tree", "parse"]

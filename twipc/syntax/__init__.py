"""Bytes to `Tree`: YAML 1.2 data that remembers where each key and value stands."""

from .comments import Comment, comments
from .gaps import Gaps
from .ignores import Ignore, asks_to_ignore, ignores, unused
from .parse import MOST_BYTES, parse, salvage
from .scalars import resolve
from .tree import Entry, Node, NodeMapping, NodeScalar, NodeSequence, Tree, plain

__all__ = [
    "MOST_BYTES",
    "Comment",
    "Entry",
    "Gaps",
    "Ignore",
    "Node",
    "NodeMapping",
    "NodeScalar",
    "NodeSequence",
    "Tree",
    "asks_to_ignore",
    "comments",
    "ignores",
    "parse",
    "plain",
    "resolve",
    "salvage",
    "unused",
]

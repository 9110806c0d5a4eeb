"""The shortest texts that lead several automata together to what is looked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from .automaton import MOST_STATES, Edge, TooMany
from .decoded import Machine
from .hosts import Read
from .pattern import Bytes

MOST_STEPS = 2 * MOST_STATES
"""Of automata that are followed together, so many states of all, beyond four for each place of theirs."""
Key = TypeVar("Key", bound=Hashable)
States = tuple[int, ...]
_PREFERRED = b"abcdefghijklmnopqrstuvwxyz0123456789/-._~ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def shortest(automata: Sequence[Machine | Read], key: Callable[[States], Key | None]) -> dict[Key, bytes]:
    """For each key the shortest text that leads to it; a key of None is not looked for."""
    found: dict[Key, bytes] = {}
    for states, text in texts(automata):
        said = key(states)
        if said is not None and said not in found:
            found[said] = text()
    return found


def texts(automata: Sequence[Machine | Read], *, most: int | None = None) -> Iterator[tuple[States, Callable[[], bytes]]]:
    """Every states that a text leads to, and the shortest such text, shorter ones first.

    The first automaton says which texts there are at all. Of equally short texts the one with plainer characters is taken.
    """
    world = automata[0]
    start: States = tuple(one.start for one in automata)
    came: dict[States, tuple[States, int] | None] = {start: None}
    bound = most or MOST_STEPS + 4 * sum(one.places for one in automata)
    waiting = deque([start])
    while waiting:
        states = waiting.popleft()
        if world.taker(states[0]) is not None:
            yield states, partial(_text, came, states)
        for of, target in joint([one.edges(state) for one, state in zip(automata, states, strict=True)]):
            if target not in came and not world.dead(target[0]):
                if len(came) >= bound:
                    raise TooMany(bound)
                came[target] = (states, _plainest(of))
                waiting.append(target)


def joint(edges: Sequence[Sequence[Edge]]) -> list[tuple[Bytes, States]]:
    """Where each byte leads all automata together, plainer characters first."""
    found: list[tuple[Bytes, States]] = [(of, (target,)) for of, target in edges[0]]
    for more in edges[1:]:
        found = [(both, (*before, target)) for of, before in found for by, target in more if (both := of & by)]
    return sorted(found, key=lambda edge: _rank(edge[0])) if len(found) > 1 else found


@lru_cache(maxsize=1024)
def _rank(of: Bytes) -> int:
    return next((rank for rank, byte in enumerate(_PREFERRED) if of >> byte & 1), len(_PREFERRED))


@lru_cache(maxsize=1024)
def _plainest(of: Bytes) -> int:
    return next((byte for byte in _PREFERRED if of >> byte & 1), (of & -of).bit_length() - 1)


def _text(came: dict[States, tuple[States, int] | None], states: States) -> bytes:
    found = bytearray()
    step = came[states]
    while step:
        states, byte = step
        found.append(byte)
        step = came[states]
    return bytes(reversed(found))

"""What can be wrong between the nouns of one environment."""

from __future__ import annotations

from . import chains, limits, locks, networks, paths, ports, ranges, redirects, servers, services, starts, state

__all__ = ["CODES"]

CODES = tuple(
    code
    for room in (state, servers, paths, redirects, chains, ports, starts, networks, services, limits, locks, ranges)
    for code in room.CODES
)

"""Which locations of a server nginx asks for the page of an error.

Source: the documentation of `error_page`, and ngx_http_special_response_handler of nginx 1.30: one block's pages hide those of
the blocks around it, and a redirect has pages like any error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from twipc.formats.routes import looked_for
from twipc.routes.expression import NotUnderstood
from twipc.routes.follow import automaton_of

from ..tree import Block, Directive

_DECIDES = ("root", "try_files", "error_page", "allow", "deny")


def pages(codes: Set[str], blocks: Sequence[Block]) -> Iterator[tuple[Directive, list[Block] | None]]:
    """Each `error_page` for one of these codes, with the blocks that may answer; None where no path of the server is asked.

    The blocks are those that the request is in, the nearest first, the server last but one.
    """
    found = ([one for one in of.directives if one.name == "error_page" and one.args] for of in blocks)
    for one in next((some for some in found if some), []):
        to = one.args[-1]
        if codes.isdisjoint(one.args[:-1]):
            continue
        plain = to.startswith("/") and "$" not in to and not any(arg.startswith("=") for arg in one.args)
        yield one, _takers(to.partition("?")[0], blocks[-2]) if plain and len(blocks) > 1 else None


def _takers(path: str, server: Block) -> list[Block] | None:
    if any(_fits(one.args[0], path) for one in server.directives if one.name == "rewrite" and one.args):
        return None
    locations = [one for one in server.directives if one.name == "location" and one.args]
    found = [one for one in locations if one.args == ("=", path)][:1]
    if not found:
        prefixes = [one for one in locations if len(one.args) == 1 or one.args[0] == "^~"]
        found = sorted((one for one in prefixes if path.startswith(one.args[-1])), key=lambda one: -len(one.args[-1]))[:1]
        if not any(one.args[0] == "^~" for one in found):
            asked = [one for one in locations if one.args[0] in ("~", "~*")]
            found += [one for one in asked if _fits(one.args[-1], path, any_case=one.args[0] == "~*")]
    inside = [one.block for one in found if one.block]
    if any(one.name == "location" for block in inside for one in block.directives):
        return None
    return inside or [Block([one for one in server.directives if one.name in _DECIDES])]


def _fits(source: str, path: str, *, any_case: bool = False) -> bool:
    """Whether a path may be what an expression looks for."""
    try:
        automaton = automaton_of((looked_for(source, any_case=any_case),))
    except NotUnderstood:
        return True
    return automaton.taker(automaton.walk(path.encode())) is not None

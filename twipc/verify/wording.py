"""Values and their differences in plain words."""

from __future__ import annotations

import re

from twipc.routes.automaton import TooMany
from twipc.routes.routing import Routing
from twipc.target import BASELINE, FactKey

from . import texts
from .covering import covered
from .paring import in_another_order, pared
from .readable import readable
from .texts import NOTHING, exact, first_difference, shortened


def words(field: str, value: object) -> str:
    """A value of a field in words."""
    return shortened(texts.words(covered(readable(field, value))), 0)


def is_digest(key: FactKey) -> bool:
    """Whether a fact only tells that files are not those which a digest was made of."""
    return (
        key.field == BASELINE and bool(key.owner) and (key.owner[-1].endswith("digest") or "folder's content" in key.owner[-1])
    )


def told(key: FactKey, meant: object, said: object) -> str:
    """How what is said differs from what was meant."""
    if isinstance(meant, Routing) and isinstance(said, Routing):
        return f"{key.owner[0]}: {elsewhere(meant, said)}"
    if key.field == BASELINE:
        return f"{_place(key)}: {_added(key, meant, said)}"
    fact = str(key)
    if key.field == "service.publish":
        service, number, nth = key.owner
        fact = f"{key.field} of {service}, port {number}" + (f" for time {int(nth) + 1}" if nth != "0" else "")
    parts = _apart(key.field, meant, said)
    if parts[0] is None:
        return f"{fact}: says also {parts[1]}, the spec does not"
    if parts[1] is None:
        return f"{fact}: lacks {parts[0]}, which the spec says"
    return f"{fact}: says {parts[1]}, the spec says {parts[0]}"


def elsewhere(meant: object, said: object) -> str:
    """A request that is answered otherwise; nothing, if there is none."""
    if not isinstance(meant, Routing) or not isinstance(said, Routing):
        return ""
    try:
        first = next(iter(meant.differences(said)), None)
    except TooMany as many:
        return f"whether every request goes where the spec says cannot be told: {many}"
    return "" if first is None else f"`{first.request}` leads to {first.other}, the spec says {first.one}"


def _place(key: FactKey) -> str:
    *owners, place = key.owner or ("",)
    of = "'s ".join(owners)
    return f"`{place}` of {of}" if of else f"`{place}`"


def _added(key: FactKey, meant: object, said: object) -> str:
    """What twipc adds of its own is in no spec: it is twipc that says it."""
    if is_digest(key) and meant is NOTHING:
        return words(key.field, said)
    wanted, found = _apart(key.field, meant, said)
    if wanted is None or meant is NOTHING:
        return f"here is {'' if meant is NOTHING else 'also '}{found}, which twipc never writes"
    if found is None or said is NOTHING:
        return f"{wanted} is missing, which twipc always writes"
    return f"twipc always writes {wanted}, here is {found}"


def _apart(field: str, meant: object, said: object) -> tuple[str | None, str | None]:
    """Both in words, reduced to what differs; None for the one of which nothing is left."""
    if meant is NOTHING or said is NOTHING:
        return words(field, meant), words(field, said)
    reordered = in_another_order(meant, said)
    pair = [covered(readable(field, value)) for value in (meant, said)]
    told = [None if part is NOTHING else texts.words(part) for part in pared(pair[0], pair[1], in_line=field == BASELINE)]
    if told[0] == told[1]:  # "80" is not 80
        told = [exact(covered(meant)), exact(covered(said))]
    start = first_difference(told[0] or "", told[1] or "")
    first, second = (None if text is None else shortened(text, start) + reordered for text in told)
    return first, second


def traces(key: FactKey, meant: object, said: object) -> tuple[list[str], list[str]]:
    """Texts by which the lines of a difference are known: those that should stand there, and those that do."""
    if isinstance(meant, Routing) or isinstance(said, Routing):
        return [], []
    parts = pared(readable(key.field, meant), readable(key.field, said), in_line=False)
    place = key.owner[-1] if key.field == BASELINE and key.owner else key.field
    name = re.split(r"[. /]", place)[-1]
    wanted, found = ([name, *_leaves(part)] for part in parts)
    return wanted, found


def _leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [text for key, said in value.items() for text in (str(key), *_leaves(said))]
        case tuple() if value and all(isinstance(one, str) for one in value):
            return [" ".join(value)]
        case tuple() | list() | frozenset():
            return [text for one in value for text in _leaves(one)]
    return [] if value in (NOTHING, None, "") else [texts.words(value)]

"""What `twipc explain` tells of the places of a spec: each by its path, by its noun, or by the end of its path alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec.structs import replace

from twipc.diagnostics.near import near
from twipc.matrix import answers_for, briefly
from twipc.registry import target, target_names
from twipc.spec import Environment, foreign
from twipc.spec.places import ANY, Place, places, takes_dots

_WIDTH = 100
_MOST_MEANT = 8


@cache
def every() -> tuple[Place, ...]:
    """The whole language, and the options of each target in the place of those of any."""
    return tuple(_every())


def _every() -> Iterator[Place]:
    yield Place((), (Environment.__doc__ or "").strip(), "a mapping", "a mapping", noun=Environment)
    for place in places():
        if place.steps[0] != "targets":
            yield place
        if place.dotted != "targets":
            continue
        yield replace(place, takes=_TARGETS, briefly=_TARGETS)
        for name in target_names():
            steps, options = ("targets", name), target(name).options
            yield Place(steps, f"{target(name).summary}.", "a mapping", "a mapping", noun=options)
            yield from places(options, steps)


_TARGETS = "a mapping, from each target's name to its options, or a list of names"


def find(asked: str) -> list[Place]:
    """The places of a path, or of a noun's name and what follows it; or else all whose paths end so."""
    steps = _steps(asked)
    leading = [place for place in every() if steps and _leads(place.steps, steps)]
    # A key takes no more of what is between dots than it must.
    found = [max(leading, key=lambda place: len(place.steps))] if leading else []
    noun = _nouns().get(_folded(steps[0])) if steps else None
    if noun is not None and not (found and found[0].noun is noun.noun):
        found += [place for place in every() if _leads(place.steps, (*noun.steps, *steps[1:])) and place not in found]
    return found or [place for place in every() if steps and _ends(place.steps, steps)]


def _steps(asked: str) -> tuple[str, ...]:
    """Keys that have dots stand in brackets, as in what findings say, or plainly."""
    return tuple(key or word for key, word in re.findall(r"\[([^\]]*)\]|([^.\[\]]+)", asked))


def _ends(pattern: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    return any(_leads(pattern, steps, at) for at, step in enumerate(pattern) if step == steps[0])


def _leads(pattern: tuple[str, ...], steps: tuple[str, ...], at: int = 0) -> bool:
    """Whether steps, in which a key may stand for itself, lead along a pattern to its end."""
    if at == len(pattern) or not steps:
        return at == len(pattern) and not steps
    if pattern[at] == ANY:
        most = len(steps) if pattern[: at + 1] in _dotted_keys() else 1
        return any(_leads(pattern, steps[taken:], at + 1) for taken in range(1, most + 1))
    # A target's name may have a dot in it.
    parts = pattern[at].split(".") if steps[0] != pattern[at] else [steps[0]]
    return [*steps[: len(parts)]] == parts and _leads(pattern, steps[len(parts) :], at + 1)


@cache
def _dotted_keys() -> frozenset[tuple[str, ...]]:
    """Mappings whose keys may have dots."""
    return frozenset(place.steps for place in every() if place.key is not None and takes_dots(place.key))


@cache
def _nouns() -> dict[str, Place]:
    """A place of each noun of the language, by the noun's name: that of one of many."""
    found: dict[str, Place] = {"spec": every()[0]}
    for place in every():
        if place.noun and (place.steps[:1] != ("targets",) or not place.steps):
            found[_folded(place.noun.__name__)] = place
    return found


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()


def answer(asked: str) -> str | None:
    """What a spec says for a word of another tool, with the page of that place; or whose value a word is."""
    steps = _steps(asked)
    found = find(".".join(steps[:-1])) if steps[1:] else []
    around = _one_of(found[0]).noun if len(found) == 1 else None
    theirs = foreign.words(around.__name__).get(foreign.folded(steps[-1])) if around else None
    value = None if theirs else _value_of(asked)
    theirs = theirs or foreign.anywhere(asked)
    if value or not theirs:
        return f"{value[0].upper()}{value[1:]}.\n" if value else None
    pages = [page(place) for place in find(theirs.place)[:1]] if theirs.place else []
    return "\n".join([f"{theirs.help(steps[-1] if around else asked)}\n", *pages])


def meant(asked: str) -> str:
    """What helps who has named no place, and no word that is known."""
    steps = _steps(asked)
    for count in range(len(steps) - 1, 0, -1):
        found = find(".".join(steps[:count]))
        if len(found) == 1:
            names = [place.steps[-1] for place in _inside(found[0])]
            around = _one_of(found[0]).noun
            theirs = foreign.words(around.__name__).get(foreign.folded(steps[count])) if around else None
            if theirs:
                return theirs.help(steps[count])
            close = near(steps[count], names)
            if close:
                return f"did you mean `{'.'.join([*steps[:count], close])}`?"
            inside = ", ".join(name for name in names if name != ANY)
            return f"fields of `{found[0].dotted}` are: {inside}" if inside else f"`{found[0].dotted}` has no fields"
    last = {place.steps[-1] for place in every() if place.steps} - {ANY}
    close = near(asked, last | {_spelled(place) for place in _nouns().values()})
    return f"did you mean `{close}`?" if close else "`twipc explain spec` tells what a spec may say"


def _value_of(asked: str) -> str | None:
    """What helps who has named a value of some field, or a word of another tool for one."""
    holding = [place.dotted for place in every() if asked in place.takes.partition("one of: ")[2].split(", ")]
    if asked and holding:
        fields = [dotted for dotted in holding if not dotted.endswith(ANY) or dotted.removesuffix(f".{ANY}") not in holding]
        return f"it is a value of {' and of '.join(f'`{dotted}`' for dotted in fields)}"
    theirs = foreign.field_of(asked)
    return f"for `{theirs[0]}` {theirs[1]}" if theirs else None


def _spelled(place: Place) -> str:
    assert place.noun
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", place.noun.__name__).lower()


def several(found: Sequence[Place]) -> str:
    """What to write where a name is that of several places."""
    some = ", ".join(place.dotted for place in found[:_MOST_MEANT])
    return f"write one of: {some}" + (f", and {len(found) - _MOST_MEANT} more" if len(found) > _MOST_MEANT else "")


def page(place: Place) -> str:
    """All that is known of a place."""
    lines = [place.dotted or "a spec", "", *_wrapped(place.about)]
    doc = (place.noun.__doc__ or "").strip() if place.noun else ""
    if doc and doc != place.about:
        lines += ["", *(line for part in doc.split("\n\n") for line in _wrapped(" ".join(part.split())))]
    lines += ["", *_wrapped(f"Takes {place.takes}.")]
    lines += [line for note in place.notes for line in _wrapped(f"{note[:1].upper()}{note[1:]}.")]
    if place.noun and place.noun.ONE_OF:
        some = ", ".join(f"`{name}`" for name in place.noun.ONE_OF)
        lines += _wrapped(f"{'Exactly' if place.noun.KIND_NEEDED else 'At most'} one of {some} is written.")
    answers = answers_for(place.steps)
    if answers:
        lines += ["", "On the targets:", "", *(line for told in answers for line in _wrapped(told, "    ", " " * 8))]
    inside = _inside(_one_of(place))
    if inside:
        lines += ["", f"Fields{' of each' if place != _one_of(place) else ''}:"]
        lines += [line for field in inside for line in ("", *_row(field))]
    return "\n".join(lines) + "\n"


def _row(field: Place) -> Iterator[str]:
    """A field in the page of what it is in."""
    yield f"    {field.steps[-1]}"
    yield from _wrapped(field.about, " " * 8)
    yield from _wrapped("; ".join((field.briefly, *field.notes)), " " * 8)
    inside = _inside(_one_of(field))
    if inside:
        yield from _wrapped(f"its fields: {', '.join(one.steps[-1] for one in inside)}", " " * 8)
    targets = briefly(field.steps)
    if targets:
        yield from _wrapped(f"on {targets}", " " * 8)


def _one_of(place: Place) -> Place:
    """One of the things that a mapping or a list of them has."""
    return next((one for one in every() if one.steps == (*place.steps, ANY)), place)


def _inside(place: Place) -> list[Place]:
    depth = len(place.steps)
    return [one for one in every() if len(one.steps) == depth + 1 and one.steps[:depth] == place.steps]


def _wrapped(text: str, before: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=before,
        subsequent_indent=before if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )

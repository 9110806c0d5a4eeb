"""What `twipc.record` makes of a class is what `dataclasses` makes of it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from tests.compiling import ROOT
from twipc import record

Make = Callable[..., Callable[[type], Any]]


def plain(dataclass: Make) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:
        """With a docstring."""

        name: str
        count: int = 3
        more: tuple[int, ...] = ()

        @property
        def twice(self) -> int:
            return self.count * 2

    return Made


def open_to_more(dataclass: Make) -> Any:
    @dataclass(frozen=True)
    class Made:
        name: str
        count: int = 3
        more: tuple[int, ...] = field(default=(), compare=False)

        def __str__(self) -> str:
            return self.name

    return Made


def with_own_sums(dataclass: Make) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:
        name: str
        count: int = field(default=3, repr=False)
        more: dict[str, int] = field(default_factory=dict, compare=False)
        sum: int = field(default=0, init=False)
        longest: int = field(init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "longest", len(self.name))

    return Made


def ordered(dataclass: Make) -> Any:
    @dataclass(frozen=True, slots=True, order=True)
    class Made:
        name: str
        count: int = 3
        more: tuple[int, ...] = ()

    return Made


def by_name(dataclass: Make) -> Any:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Made:
        count: int = 3
        name: str
        more: tuple[int, ...] = ()

    return Made


def itself(dataclass: Make) -> Any:
    @dataclass(frozen=True, eq=False)
    class Made:
        name: str
        count: int = 3
        more: tuple[int, ...] = ()

    return Made


def changing(dataclass: Make) -> Any:
    @dataclass()
    class Made:
        name: str
        count: int = 3
        more: list[int] = field(default_factory=list)
        sums: list[int] = field(default_factory=list, init=False)

    return Made


def changing_in_slots(dataclass: Make) -> Any:
    @dataclass(slots=True)
    class Made:
        name: str
        count: int = 3
        more: list[int] = field(default_factory=list)

        def __str__(self) -> str:
            return f"{self!r} in words"

    return Made


def empty(dataclass: Make) -> Any:
    @dataclass(frozen=True, slots=True)
    class Made:
        """Nothing but a name."""

    return Made


KINDS = (plain, open_to_more, with_own_sums, ordered, by_name, itself, changing, changing_in_slots, empty)


def told(act: Callable[[], object]) -> object:
    try:
        return act()
    except Exception as problem:
        return type(problem)


def behaviour(made: Any) -> list[object]:
    """All that one can see of a class, and of what it makes."""
    names = [] if made.__doc__ == "Nothing but a name." else ["name"]
    asked = [
        (one.name, one.kind, one.annotation, one.default is one.empty) for one in inspect.signature(made).parameters.values()
    ]
    seen: list[object] = [asked, made.__match_args__, vars(made).get("__slots__"), made.__qualname__, made.__module__]
    seen += [made.__doc__ if made.__doc__ and not made.__doc__.startswith("Made(") else None, told(lambda: made(1, 2, 3, 4, 5))]
    one, same, other = (made(**dict.fromkeys(names, word)) for word in ("one", "one", "two"))
    seen += [repr(one), str(one) == repr(one), one == same, one == other, one != other, one == "one", one.__eq__("one")]
    seen += [told(lambda: hash(one) == hash(same)), told(lambda: hash(one) == hash(other))]
    seen += [told(lambda: one < other), told(lambda: one >= other), told(lambda: sorted([other, one]) == [one, other])]
    # `dataclasses` means to refuse a new name like another value, and fails itself where there are slots.
    seen += [
        isinstance(told(lambda: setattr(one, "name", "three")), type),
        isinstance(told(lambda: setattr(one, "unheard_of", 1)), type),
    ]
    seen += [told(lambda: vars(one))]
    seen += [
        isinstance(told(lambda: delattr(same, "name")), type),
        repr(one),
        [getattr(one, name, None) for name in ("count", "more", "sum")],
    ]
    seen += [(each.name, each.type, each.init, each.compare, each.kw_only) for each in dataclasses.fields(made)]
    seen += [dataclasses.asdict(one), dataclasses.is_dataclass(one), told(lambda: repr(dataclasses.replace(one, count=7)))]
    seen += [told(lambda: dataclasses.replace(one, count=7) == made("three", 7)), one.__init__.__annotations__]
    return seen


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_as_dataclasses_make_it(kind: Callable[[Make], Any]) -> None:
    assert behaviour(kind(record.dataclass)) == behaviour(kind(dataclasses.dataclass))


def test_what_is_made_anew_for_each_is_shared_by_none() -> None:
    made = changing(record.dataclass)
    one, other = made("one"), made("other")
    one.more.append(1)
    one.sums.append(1)
    assert (other.more, other.sums, made("one", 3, [2]).more) == ([], [], [2])


def test_what_is_frozen_says_so() -> None:
    with pytest.raises(FrozenInstanceError, match="`name` of a Made"):
        plain(record.dataclass)("one").name = "two"


def test_whoever_inherits_fields_is_refused() -> None:
    class Inner(plain(record.dataclass)):  # type: ignore[misc]
        other: int = 0

    with pytest.raises(TypeError, match="Inner inherits fields"):
        record.dataclass(frozen=True)(Inner)


def test_all_but_those_with_inherited_fields_are_made_so() -> None:
    """A class that `dataclasses` makes takes as long of a start as five of these."""
    asked = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    files = [
        path for folder in ("twipc", "targets") for path in (ROOT / folder).rglob("*.py") if asked.search(path.read_text())
    ]
    assert {path.name for path in files} == {"working.py", "running.py", "pack.py"}

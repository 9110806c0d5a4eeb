"""`dataclass` as a start can afford it: it makes a hundred, and `dataclasses` compiles up to six methods of each from text.

Here `__init__` alone is compiled, and the others are the same for all. To type checkers it is `dataclasses.dataclass`, and its
`field`, `replace` and others work with it.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, field, make_dataclass
from operator import attrgetter, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True, order=False):
        """What `dataclasses.dataclass` makes of a class that inherits no fields and has no variables but those."""

        def made(cls):
            return _made(cls, frozen=frozen, slots=slots, kw_only=kw_only, eq=eq, order=order)

        return made if cls is None else made(cls)


__all__ = ["dataclass"]


class _Fields:
    """What the functions of `dataclasses` look for in a class: they make it themselves, where one is asked."""

    def __init__(self, cls: type, fields: Mapping[str, Field[Any]], *, kw_only: bool) -> None:
        self._given = [(name, cls.__annotations__[name], one) for name, one in fields.items()]
        self._kw_only = kw_only
        self._found: Mapping[str, Field[Any]] | None = None

    def __get__(self, _instance: object, _owner: type) -> Mapping[str, Field[Any]]:
        if self._found is None:
            made: Any = make_dataclass("Made", self._given, kw_only=self._kw_only, repr=False, eq=False)
            self._found = made.__dataclass_fields__
        return self._found


def _made(cls: Any, *, frozen: bool, slots: bool, kw_only: bool, eq: bool, order: bool) -> Any:
    if hasattr(cls, "__dataclass_fields__"):
        raise TypeError(f"{cls.__name__} inherits fields: make it by `dataclasses`")
    given = {name: vars(cls).get(name, MISSING) for name in vars(cls).get("__annotations__", ())}
    fields = {name: one if isinstance(one, Field) else field(default=one) for name, one in given.items()}
    names = tuple(fields)
    methods: dict[str, Any] = {"__init__": _init(cls, fields, frozen=frozen, kw_only=kw_only)}
    methods["__repr__"] = _repr([one for one in names if fields[one].repr])
    if eq:
        methods |= _compared([one for one in names if fields[one].compare], frozen=frozen, order=order)
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    methods["__match_args__"] = () if kw_only else tuple(one for one in names if fields[one].init)
    methods["__dataclass_fields__"] = _Fields(cls, fields, kw_only=kw_only)
    if slots:
        own = {name: one for name, one in vars(cls).items() if name not in (*names, "__dict__", "__weakref__")}
        made = type(cls)(cls.__name__, cls.__bases__, {**methods, **own, "__slots__": names})
        made.__qualname__ = cls.__qualname__
        return made
    for name, method in methods.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    for name, one in fields.items():
        if one.default is not MISSING:
            setattr(cls, name, one.default)
        elif given[name] is not MISSING:
            delattr(cls, name)
    return cls


def _init(cls: Any, fields: Mapping[str, Field[Any]], *, frozen: bool, kw_only: bool) -> Callable[..., None]:
    """Compiled, as calls of it are what most of the time goes into."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    head = ["self", "*"] if kw_only and fields else ["self"]
    body = []
    for name, one in fields.items():
        value = name if one.init else f"_of_{name}"
        if one.default_factory is not MISSING:
            known[f"_of_{name}"] = one.default_factory
            value = f"_of_{name}() if {name} is _missing else {name}" if one.init else f"_of_{name}()"
        elif one.default is not MISSING:
            known[f"_of_{name}"] = one.default
        elif not one.init:
            continue  # `__post_init__` sets it
        if one.init:
            has = "_missing" if one.default_factory is not MISSING else f"_of_{name}" if one.default is not MISSING else ""
            head.append(f"{name}={has}" if has else name)
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(head)}):\n  " + "\n  ".join(body or ["pass"]), known)  # noqa: S102 - of names in our own code
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {name: cls.__annotations__[name] for name, one in fields.items() if one.init} | {"return": None}
    return made


def _refuse(self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"`{name}` of a {type(self).__name__} stays as it is")


def _repr(names: Sequence[str]) -> Callable[[object], str]:
    def __repr__(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _compared(names: Sequence[str], *, frozen: bool, order: bool) -> dict[str, Any]:
    values: Callable[[object], Any] = attrgetter(*names) if names else lambda _self: ()

    def __eq__(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values(self))

    def ordered(than: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
        return lambda self, other: than(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

    orders = {f"__{than.__name__}__": ordered(than) for than in ((lt, le, gt, ge) if order else ())}
    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None, **orders}

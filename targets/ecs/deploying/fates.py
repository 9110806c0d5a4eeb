"""What CloudFormation does with each resource on the way from one template to another."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from twipc.target.deploying import Act

from .parts import Part, plain, referred
from .replacing import CALLED_BY, REPLACED_BY

_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


class Fate(Struct, frozen=True):
    """One resource: what it was, what it will be, and the properties that are others then.

    `drawn` are the resources that are replaced, and the parameters that are others, by the property that refers to them.
    """

    act: Act
    before: Part | None
    after: Part | None
    changed: frozenset[str] = frozenset()
    drawn: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: bool = True
    """Whether its kind is in the table; what another does is not known here."""

    @property
    def part(self) -> Part:
        found = self.after or self.before
        assert found
        return found


def fates(before: Mapping[str, Part], after: Mapping[str, Part], others: frozenset[str] = frozenset()) -> Mapping[str, Fate]:
    """Everything that does not stay as it is, by logical name; `others` are the parameters that have another value."""
    both = sorted(before.keys() & after.keys())
    # What follows from a replacement may be a replacement itself.
    replaced = set(others) | _turned(before, after)
    while True:
        drawn = {id_: _drawn(after[id_], replaced) for id_ in both}
        changed = {id_: _changed(before, after, id_) | set(drawn[id_]) for id_ in both}
        more = {id_ for id_ in both if changed[id_] & REPLACED_BY.get(after[id_].kind, frozenset())} - replaced
        if not more:
            break
        replaced |= more
    found = {id_: Fate(Act.CREATED, None, after[id_]) for id_ in after.keys() - before.keys()}
    for id_ in before.keys() - after.keys():
        act = Act.KEPT if before[id_].outlives("DeletionPolicy") else Act.DELETED
        found[id_] = Fate(act, before[id_], None)
    for id_ in both:
        if changed[id_]:
            act = Act.REPLACED if id_ in replaced else Act.UPDATED
            known = after[id_].kind in REPLACED_BY
            found[id_] = Fate(act, before[id_], after[id_], frozenset(changed[id_]), drawn[id_], known)
    return dict(sorted(found.items()))


def _turned(before: Mapping[str, Part], after: Mapping[str, Part]) -> set[str]:
    """What is asked for on the one side and made on the other, under one name: who refers to it is told another thing."""
    asked = {name for part in before.values() for name in referred(dict(part.properties))} - before.keys()
    will_be = {name for part in after.values() for name in referred(dict(part.properties))} - after.keys()
    return (asked & after.keys()) | (will_be & before.keys())


def _drawn(part: Part, replaced: set[str]) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(sorted(set(referred(value)) & replaced)) for name, value in part.properties.items()}
    return {name: ids for name, ids in found.items() if ids}


def _changed(before: Mapping[str, Part], after: Mapping[str, Part], id_: str) -> set[str]:
    """The properties that are said otherwise, also in the name that a reference comes to, and what is said of its end."""
    one, other = before[id_], after[id_]
    if one.kind != other.kind:
        return {"Type"}
    names = one.properties.keys() | other.properties.keys()
    said = {
        name
        for name in names
        if one.properties.get(name) != other.properties.get(name)
        and plain(one.properties.get(name), before) != plain(other.properties.get(name), after)
    }
    return said | {policy for policy in _POLICIES if one.attributes.get(policy) != other.attributes.get(policy)}


def called(part: Part, among: Mapping[str, Part]) -> tuple[str, ...] | None:
    """What makes a resource one of its kind; None for one that AWS gives a name, or of a kind that has none."""
    names = CALLED_BY.get(part.kind)
    if not names or not all(part.properties.get(name) for name in names):
        return None
    return (part.kind, *(repr(plain(part.properties[name], among)) for name in names))

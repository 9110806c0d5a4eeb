"""Everything that an update does, in the order in which one reads it, each with what it means."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.model import Model
from twipc.target import Artifact
from twipc.target.deploying import Act, Change, Interruption, Operation

from .differences import causes, origins
from .fates import Fate, fates
from .hazards import hazards
from .parts import Part, parts, referred
from .replacing import KIND_WORDS
from .rolling import rolling, started, task_of

_TASK, _SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
_TARGETS, _LISTENERS = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::Listener"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_REPOSITORY = "AWS::ECR::Repository"
_ORDER = (Act.CREATED, Act.REPLACED, Act.UPDATED, Act.DELETED, Act.KEPT)
Parts = Mapping[str, Part]
Told = tuple[str, Interruption]


def compare(model: Model, artifact: Artifact, running: str | None, others: frozenset[str]) -> Operation:
    """From the template of what runs, none where nothing does, and parameters that have another value than there."""
    before, after = parts(running), parts(artifact.text)
    found = fates(before, after, others)
    places = origins(artifact)
    owners = {**_owners(before), **_owners(after)}
    changes = []
    for id_, fate in found.items():
        means, interruption = _means(fate, found, after)
        both = fate.before is not None and fate.after is not None
        changes.append(
            Change(
                id_,
                fate.part.kind,
                _what(fate.part, owners.get(id_, "")),
                fate.act,
                means,
                service=owners.get(id_, ""),
                interruption=interruption,
                causes=causes(fate, places) if both else (),
            )
        )
    changes.sort(key=lambda one: (one.service, _ORDER.index(one.act), one.id))
    return Operation(tuple(changes), tuple(hazards(model, owners, found, before, after)))


def _owners(among: Parts) -> dict[str, str]:
    """The service that each part is of: by its tags, or that alone which leads to it or to which it leads."""
    found = {id_: part.service for id_, part in among.items() if part.service}
    leading = {id_: set(referred(dict(part.properties))) & among.keys() for id_, part in among.items()}
    for leads in (True, False):
        for id_ in sorted(among.keys() - found.keys()):
            near = {other for other in found if id_ in leading[other]} if leads else leading[id_] & found.keys()
            those = {found[other] for other in near}
            if len(those) == 1:
                found[id_] = those.pop()
    return found


def _what(part: Part, service: str) -> str:
    what = KIND_WORDS.get(part.kind, part.kind)
    if part.kind == _REPOSITORY:
        return f"{what} {part.properties.get('RepositoryName', '')}".rstrip()
    if not service:
        return what
    return f"{what} {service}" if part.kind == _SERVICE else f"{what} of {service}"


def _means(fate: Fate, found: Mapping[str, Fate], after: Parts) -> Told:
    match fate.act:
        case Act.CREATED if fate.part.kind == _REPOSITORY:
            return "empty: `twipc pack` pushes to it", Interruption.NONE
        case Act.CREATED:
            return (started(fate.part) if fate.part.kind == _SERVICE else ""), Interruption.NONE
        case Act.DELETED:
            return _deleted(fate.part)
        case Act.KEPT:
            return "no longer of the stack; it stays, with what is in it", Interruption.NONE
        case Act.REPLACED:
            return _replaced(fate, after)
    if not fate.known:
        return "what its change means is not known here: it may be replaced", Interruption.NONE
    if fate.part.kind == _SERVICE:
        return rolling(fate, after)
    lost = _turned(fate, found)
    if lost:
        return f"an outage of what it leads to until tasks are healthy in {', '.join(lost)}", Interruption.OUTAGE
    return "in place", Interruption.NONE


def _turned(fate: Fate, found: Mapping[str, Fate]) -> list[str]:
    """The new target groups that a listener is turned to: their tasks come only after."""
    if not fate.part.kind.startswith(_LISTENERS):
        return []
    ids = set(referred(dict(fate.part.properties)))
    return sorted(f"`{id_}`" for id_ in ids if id_ in found and _is_new_group(found[id_]))


def _is_new_group(fate: Fate) -> bool:
    return fate.part.kind == _TARGETS and fate.act in (Act.CREATED, Act.REPLACED)


def _deleted(part: Part) -> Told:
    if part.kind == _SERVICE:
        return "its tasks end", Interruption.OUTAGE
    if part.kind == _TASK:
        return "its revision is deregistered", Interruption.NONE
    if part.kind == _BALANCER:
        return "its name in DNS goes with it: who asks there is not answered", Interruption.OUTAGE
    return "", Interruption.NONE


def _replaced(fate: Fate, after: Parts) -> Told:
    assert fate.after
    stays = "stays" if fate.after.outlives("UpdateReplacePolicy") else "is deleted at the end"
    if fate.part.kind == _TASK:
        runs = any(task_of(one, after) is fate.after for one in after.values() if one.kind == _SERVICE)
        job = "" if runs else "; a job: run it before the services that wait for it"
        return f"a new revision; the old one is deregistered at the end{job}", Interruption.NONE
    if fate.part.kind == _SERVICE:
        return "the new one starts beside the old one, which ends when it is up", Interruption.NONE
    if fate.part.kind == _BALANCER:
        return f"the new one has another name in DNS; the old one {stays}", Interruption.OUTAGE
    return f"a new one is made, and what refers to it changes; the old one {stays}", Interruption.NONE

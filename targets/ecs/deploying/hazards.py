"""Mistakes that show only beside what runs: updates that fail halfway, that lose state, or that let in a second writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twipc.diagnostics import Code, Finding, Path
from twipc.model import Model
from twipc.target.deploying import Act

from . import codes
from .fates import Fate, called
from .parts import Part, referred
from .replacing import CALLED_BY, KIND_WORDS
from .volumes import volumes_of, writes

Fates = Mapping[str, Fate]
Parts = Mapping[str, Part]
_STATEFUL = ("AWS::EFS::FileSystem",)
_LISTENERS = "AWS::ElasticLoadBalancingV2::Listener"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_PROTECTION = "deletion_protection.enabled"
_ENDS = (Act.REPLACED, Act.DELETED)


def hazards(model: Model, owners: Mapping[str, str], found: Fates, before: Parts, after: Parts) -> Iterator[Finding]:
    """`owners` is the service that each part is of."""
    for id_, fate in found.items():
        at: Path = ("services", owners[id_]) if owners.get(id_) else ("targets", "ecs")
        for code, said, help in (*_refused(fate, before, after), *_led_to_still(fate, found), *_lost(fate), *_protected(fate)):
            yield _finding(model, code, said, at, help)
    yield from _second_writers(model, found, before, after)
    yield from _other_files(model, found)
    yield from _beside(model, owners, found)


def _finding(model: Model, code: Code, said: str, at: Path, help: str) -> Finding:
    while at and model.tree.node(at) is None:
        at = at[:-1]
    return Finding(code, said, model.span(at, key=True) if at else None, help=help, at=model.tree.name(at), target="ecs")


def _refused(fate: Fate, before: Parts, after: Parts) -> Iterator[tuple[Code, str, str]]:
    part = fate.part
    what = KIND_WORDS.get(part.kind, part.kind)
    if fate.before and fate.after and fate.before.kind != fate.after.kind:
        was = KIND_WORDS.get(fate.before.kind, fate.before.kind)
        yield codes.REFUSED, f"`{part.id}` is a {was} and would be a {what}", "give it another logical name"
        return
    if fate.act is Act.REPLACED and fate.before and fate.after:
        same = called(fate.before, before)
        # What is in something that is replaced is another by that, and may be called the same.
        elsewhere = any(name in fate.drawn for name in CALLED_BY.get(part.kind, ()))
        if same and same == called(fate.after, after) and not elsewhere:
            because = ", ".join(sorted(fate.changed))
            yield (
                codes.REFUSED,
                f"the {what} `{part.id}` would be replaced ({because}), and the new one would have the old one's name",
                "give it another name in the spec, or delete the old one by a deployment without it first",
            )
    if fate.act is Act.CREATED and (name := called(part, after)):
        for id_, other in before.items():
            if id_ not in after and called(other, before) == name:
                help = f"keep the logical name `{id_}`, or delete the old one by a deployment without it first"
                if other.outlives("DeletionPolicy"):
                    help = f"keep the logical name `{id_}`, or import what stays"
                said = f"the {what} `{part.id}` has the name that `{id_}` of what runs has"
                yield codes.REFUSED, said, help


def _led_to_still(fate: Fate, found: Fates) -> Iterator[tuple[Code, str, str]]:
    """What leads to the same target group by another load balancer: each is of one (`TargetGroup` in ELB's API)."""
    if fate.act is not Act.REPLACED or not fate.after or not fate.part.kind.startswith(_LISTENERS):
        return
    new = fate.drawn.get("LoadBalancerArn") or fate.drawn.get("ListenerArn") or ()
    what = KIND_WORDS[fate.part.kind]
    led = {id_ for name in ("DefaultActions", "Actions") for id_ in referred(fate.after.properties.get(name))}
    for id_ in sorted(led) if new else ():
        if id_ not in found or found[id_].act is Act.UPDATED:
            said = f"the {what} `{fate.part.id}` would lead to `{id_}` from the new {', '.join(f'`{one}`' for one in new)}"
            said += " while the old one still does: a target group is of one load balancer"
            help = "take off the protection against deletion, then deploy without what is published, then with it"
            yield codes.REFUSED, said, help


def _lost(fate: Fate) -> Iterator[tuple[Code, str, str]]:
    part = fate.part
    if part.kind in _STATEFUL and fate.act in _ENDS:
        policy = "UpdateReplacePolicy" if fate.act is Act.REPLACED else "DeletionPolicy"
        # What holds at a deletion is what the stack was told before; at a replacement it is what it is told with it.
        if not part.outlives(policy):
            said = f"the {KIND_WORDS[part.kind]} `{part.id}` would be {fate.act.value}, with all that is on it"
            yield codes.STATE, said, f"deploy it with `{policy}: Retain` first, or back up what is on it"


def _protected(fate: Fate) -> Iterator[tuple[Code, str, str]]:
    """What counts is what the load balancer was told before: the one that takes its place is another."""
    stays = fate.act is Act.REPLACED and fate.part.outlives("UpdateReplacePolicy")
    if fate.part.kind == _BALANCER and fate.act in _ENDS and fate.before and not stays:
        said = fate.before.properties.get("LoadBalancerAttributes")
        attributes = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
        if any(one.get("Key") == _PROTECTION and one.get("Value") in ("true", True) for one in attributes):
            yield (
                codes.PROTECTED,
                f"the load balancer `{fate.part.id}` would be {fate.act.value}, which AWS refuses: it is protected, and stays",
                "deploy what runs with `targets: {ecs: {load_balancer: {deletion_protection: false}}}` first, then this",
            )


def _second_writers(model: Model, found: Fates, before: Parts, after: Parts) -> Iterator[Finding]:
    """Who may still write when another begins to: nothing but an update in place stops the old one first."""
    services = [fate for fate in found.values() if fate.part.kind == "AWS::ECS::Service"]
    ends = [(fate.before, places) for fate in services if fate.before and (places := _given_up(fate, before, after))]
    for fate in services:
        new = fate.after
        for place, volume in _taken_up(fate, before, after).items():
            for old, places in ends:
                if new and place in places and _is_alone(model, volume) and not _fenced(model, new.service):
                    both = f"the new `{new.id}`", "the old one"
                    one, other = both if old.id == new.id else (f"`{new.id}`", f"`{old.id}`")
                    said = f"{one} would begin to write `{volume}` while {other} may still do so: it does not wait for its end"
                    help = "deploy with `replicas: 0` first, and then with as many as are wanted; or keep the service's name"
                    yield _finding(model, codes.TWO_WRITERS, said, ("services", new.service), help)


def _given_up(fate: Fate, before: Parts, after: Parts) -> set[str]:
    """The places that a service writes, and that it will not, or that its successor will."""
    old, new = (fate.before and writes(fate.before, before)) or {}, (fate.after and writes(fate.after, after)) or {}
    return old.keys() - new.keys() if fate.act is Act.UPDATED else set(old)


def _taken_up(fate: Fate, before: Parts, after: Parts) -> dict[str, str]:
    """The places that a service will write, and that it, or its predecessor, has not."""
    old, new = (fate.before and writes(fate.before, before)) or {}, (fate.after and writes(fate.after, after)) or {}
    return {place: volume for place, volume in new.items() if fate.act is not Act.UPDATED or place not in old}


def _is_alone(model: Model, volume: str) -> bool:
    said = model.environment.volumes.get(volume)
    return said is not None and said.access == "single-writer"


def _fenced(model: Model, name: str) -> bool:
    """Whether a lock keeps the second one waiting."""
    service = model.environment.services.get(name)
    return bool(service and service.standby)


def _other_files(model: Model, found: Fates) -> Iterator[Finding]:
    for fate in found.values():
        if fate.part.kind != "AWS::ECS::TaskDefinition" or not fate.before or not fate.after:
            continue
        one, other = (volumes_of(part) for part in (fate.before, fate.after))
        drawn = set(fate.drawn.get("Volumes", ()))
        for name in sorted(one.keys() & other.keys()):
            points = sorted(drawn & set(referred(other[name])))
            was = next((user for id_ in points if (user := _user_before(found.get(id_)))), "")
            if one[name] == other[name] and was and len(points) == 1:
                said = f"what is on the volume `{name}` stays the user's {was}, and `{fate.part.service}` would come as another"
                help = f'keep the user: `targets: {{ecs: {{volume_owners: {{{name}: "{was}"}}}}}}`'
                yield _finding(model, codes.OTHER_FILES, said, ("volumes", name), help)
            elif one[name] != other[name] or points:
                said = f"the volume `{name}` of `{fate.part.service}` is at another place: its tasks begin with what is there"
                help = "copy what is kept while nobody writes it, or leave the volume where it is"
                yield _finding(model, codes.OTHER_FILES, said, ("targets", "ecs", "volumes", name), help)


def _user_before(fate: Fate | None) -> str:
    """As whom a folder was read and written, where another access point leads to the same one."""
    if not fate or not fate.before or not fate.after or fate.part.kind != "AWS::EFS::AccessPoint":
        return ""
    one, other = (
        (part.properties.get("FileSystemId"), part.under("RootDirectory", "Path")) for part in (fate.before, fate.after)
    )
    uid, gid = (fate.before.under("PosixUser", leaf) for leaf in ("Uid", "Gid"))
    return f"{uid}:{gid}" if uid and gid and one == other and "FileSystemId" not in fate.drawn else ""


def _beside(model: Model, owners: Mapping[str, str], found: Fates) -> Iterator[Finding]:
    """A mount target that is made before another one of the same file system ends."""
    targets = [fate for fate in found.values() if fate.part.kind == "AWS::EFS::MountTarget"]
    ends = [fate for fate in targets if fate.before and (not fate.after or fate.act is Act.REPLACED)]
    for fate in targets:
        if fate.after and (not fate.before or fate.act is Act.REPLACED) and "FileSystemId" not in fate.drawn:
            of = fate.after.properties.get("FileSystemId")
            old = [one for one in ends if one.before and one.before.properties.get("FileSystemId") == of]
            if old:
                new, gone = fate.part.id, ", ".join(f"`{one.part.id}`" for one in old)
                said = f"the mount target `{new}` would be made before {gone} of what runs {'ends' if len(old) == 1 else 'end'}"
                help = "in one zone AWS refuses it: deploy it without the old subnet first; in another VPC, without any old one"
                at: Path = ("services", owners[new]) if owners.get(new) else ("targets", "ecs", "subnets")
                yield _finding(model, codes.BESIDE, said, at, help)

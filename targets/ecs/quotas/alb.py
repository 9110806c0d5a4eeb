"""The limits of application load balancers; and all others are of what runs as tasks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from twipc.limit import Limit
from twipc.model import Model
from twipc.target import Held, Measured, OutOfReach
from twipc.target.limits import Measure, Pairs, Table

from ..alb.targets import groups_to
from ..codes import TOO_LARGE
from ..edges import edges, running
from ..nlb.ports import targets_of
from ..options import Options

_GUIDE = "ELB guide, quotas of Application Load Balancers"


def of_tasks(limits: Table) -> Table:
    """The same limits, measured without the servers whose place a load balancer takes."""
    return tuple(map(_of_tasks, limits))


def _of_tasks(one: Held | OutOfReach | Pairs) -> Held | OutOfReach | Pairs:
    if not isinstance(one, Held):
        return one
    return replace(one, measure=_running(one.measure), written=_running(one.written))


def _running(measure: Measure) -> Measure:
    def measured(model: Model, options: Options | None) -> Iterator[Measured]:
        yield from measure(running(model, options) if options else model, options)

    return measured


def _rules(model: Model, options: Options | None) -> Iterator[Measured]:
    found = edges(model, options) if options else {}
    if options is None or not found:
        return
    from ..alb.balancer import rules_of
    from ..alb.conditions import Unsayable

    for name, http in found.items():
        try:
            yield Measured(("services", name, "http", "routes"), rules_of(model, options, name, http), f"`{name}`")
        except Unsayable:  # which is found at the route
            continue


def _members(model: Model, options: Options | None) -> Iterator[Measured]:
    for name, http in edges(model, options).items() if options else ():
        for backend in sorted(http.backends):
            path = ("services", name, "http", "backends", backend, "members")
            yield Measured(path, len(model.members[name, backend]), f"`{backend}` of `{name}`")


def _groups(model: Model, options: Options | None) -> Iterator[Measured]:
    for name, http in edges(model, options).items() if options else ():
        count = sum(len(model.members[name, backend]) for backend in http.backends)
        yield Measured(("services", name, "http", "backends"), count, f"`{name}`")


def _asked(model: Model, options: Options | None) -> Iterator[Measured]:
    """Of a service the groups of all backends that it is a member of, and those that are said."""
    if options is None:
        return
    tasks = running(model, options)
    for name, _ in tasks.services:
        led = len(groups_to(tasks, name))
        if led:
            said = len(options.target_groups.get(name, ()))
            yield Measured(("services", name), led + said + len(targets_of(tasks, options, name)), f"`{name}`")


ALB_LIMITS: Table = (
    Held(
        limit=Limit(what="the rules of a load balancer", unit="rules", most=100, source=_GUIDE),
        code=TOO_LARGE,
        written=_rules,
        help="name fewer paths, hosts and methods: five of them are a rule; or publish it on fewer ports",
    ),
    Held(
        limit=Limit(what="target groups of an action", unit="members", most=5, source=_GUIDE),
        code=TOO_LARGE,
        measure=_members,
        help="let one service have more replicas",
    ),
    Held(
        limit=Limit(what="target groups of a load balancer", unit="members", most=100, source=_GUIDE),
        code=TOO_LARGE,
        measure=_groups,
        help="publish a second server",
    ),
    Held(
        limit=Limit(
            what="backends that a service is a member of", unit="target groups", most=5, source="ECS guide, service quotas"
        ),
        code=TOO_LARGE,
        measure=_asked,
        help="let more routes lead to one backend, or publish fewer ports of it",
    ),
)

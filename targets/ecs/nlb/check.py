"""What a load balancer of the template cannot do, or does otherwise than a proxy."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model
from twipc.spec import Duration
from twipc.target.codes import APPROXIMATED

from ..checking.options import HERE, finding
from ..codes import NOT_READY, TWO_TARGETS, UNASKED, UNUSED
from ..options import Options
from .ports import Listener, listeners, targets_of
from .target_groups import checked, in_a_row, times_of

_RANGES = "every 5s to 300s, waits 2s to 120s, and less than till it asks again, and counts 2 to 10 answers in a row"


def check_balancer(model: Model, options: Options, *, of_servers: bool) -> Iterator[Finding]:
    """With `of_servers`, there are load balancers in the place of servers besides."""
    led = listeners(model, options)
    if options.load_balancer and not led and not of_servers:
        said = "`load_balancer` has no effect: no port is published that has no target group"
        yield finding(model, UNUSED, (*HERE, "load_balancer"), said, "take it out")
    if options.load_balancer and options.load_balancer.access_logs and led and not of_servers:
        said = "`access_logs` has no effect: a network load balancer logs TLS alone, and it ends none here"
        help = "take it out: the servers behind it log each request; or write `ingress: alb`"
        yield finding(model, UNUSED, (*HERE, "load_balancer", "access_logs"), said, help)
    subnets = options.load_balancer.subnets if options.load_balancer else ()
    for index, subnet in enumerate(subnets):
        if subnet in subnets[:index]:
            said = f"`{subnet}` stands there twice: a load balancer has one subnet in a zone"
            yield finding(model, UNUSED, (*HERE, "load_balancer", "subnets", index), said, "take it out", key=False)
    yield from _two(model, led)
    for name, service in model.services:
        made = targets_of(model, options, name)
        for targets in made:
            if checked(model, targets) is None:
                index = next(one.publications[0] for one in led if one.targets == targets)
                said = f"nobody can tell whether `{name}` is healthy: it has no TCP port, and a load balancer asks by no other"
                help = f"let it listen on a TCP port too; or say a target group of your own: `target_groups: {{{name}: …}}`"
                yield finding(model, UNASKED, ("services", name, "publish", index), said, help, key=False)
        if made and service.ready:
            said = f"the load balancer asks whether `{name}` is ready, and ECS replaces a task that is not"
            help = "let it be ready soon, and not depend on others; or publish a proxy before it"
            yield finding(model, NOT_READY, ("services", name, "ready"), said, help)
            yield from _rounded(model, name)


def _two(model: Model, led: list[Listener]) -> Iterator[Finding]:
    """TCP and UDP of one port that lead to two: a balancer listens on a port once."""
    first: dict[int, Listener] = {}
    for one in led:
        before = first.setdefault(one.port, one)
        if before is not one and not {*before.targets.protocols} & {*one.targets.protocols}:  # else TW402 says so
            path: Path = ("services", one.targets.service, "publish", one.publications[0])
            other: Path = ("services", before.targets.service, "publish", before.publications[0])
            said = f"port {one.port} outside leads to two ports, one by TCP and one by UDP"
            help = "a load balancer listens on it once: let both be one number of one service, or publish one of them elsewhere"
            related = (Related(model.span((*other, "host")), "the first stands here"),)
            yield finding(model, TWO_TARGETS, (*path, "host"), said, help, related, key=False)


def _rounded(model: Model, name: str) -> Iterator[Finding]:
    """Times and counts of `ready` that a load balancer has more coarsely."""
    ready = model.environment.services[name].ready
    assert ready
    times = times_of(ready.interval, ready.timeout)
    counts = {"failures": ready.failures, "successes": ready.successes}
    rounded: dict[str, tuple[object, object]] = {
        "interval": (ready.interval, Duration(1000 * times["HealthCheckIntervalSeconds"])),
        "timeout": (ready.timeout, Duration(1000 * times["HealthCheckTimeoutSeconds"])),
        **{leaf: (count, in_a_row(count)) for leaf, count in counts.items()},
    }
    for leaf, (said, becomes) in rounded.items():
        path: Path = ("services", name, "ready", leaf)
        if said != becomes and model.written(path):
            told = f"{model.tree.name(path)} on ecs: {said} becomes {becomes} for the load balancer, which asks {_RANGES}"
            yield finding(model, APPROXIMATED, path, told, key=False)

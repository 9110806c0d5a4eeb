"""A target's answer for each field: it says it, says it more coarsely, cannot say it, or has no business with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from msgspec import Struct

from twipc.diagnostics import Code
from twipc.model import Model
from twipc.spec import Noun

from . import codes
from .answers import EngineSupport, FieldSupport
from .facts import FactKey


class Asked(Struct, frozen=True):
    """What a target is asked for: a fact, and what it may depend on."""

    key: FactKey
    value: Any
    model: Model
    options: Any


class Exact(Struct, frozen=True):
    """Reading back gives the same value."""


class Approximate(Struct, frozen=True):
    """Reading back gives `how(asked)`; where that differs from what was asked, `code` is found."""

    how: Callable[[Asked], object]
    why: str
    code: Code = codes.APPROXIMATED


class Absent(Struct, frozen=True):
    """It must not appear; where it was asked for, `code` is found."""

    why: str
    code: Code


class Outside(Struct, frozen=True):
    """Not this target's business: it must not appear, and nobody misses it."""

    why: str


class When(Struct, frozen=True):
    """One answer where `test` holds, another where it does not; `case` names the test."""

    case: str
    test: Callable[[Asked], bool]
    then: Answer
    otherwise: Answer


_EXACT = Exact()
Settled = Exact | Approximate | Absent | Outside
Answer = Settled | When

OUTSIDE_ORCHESTRATORS: Mapping[str, str] = {
    "service.build.context": "`twipc build` reads it from the spec; no artifact carries it (design §2)",
    "service.build.dockerfile": "`twipc build` reads it from the spec; no artifact carries it (design §2)",
    "http.listen.port": "the port's name is said by service.ports",
    "http.tls.listen.port": "the port's name is said by service.ports",
    "http.stats.port": "the port's name is said by service.ports",
    "http.stats.number": "open source nginx has no statistics page, and a rule refuses one (TW411)",
    "http.stats.auth.secret": "open source nginx has no statistics page, and a rule refuses one (TW411)",
    "backend.max_members": "nginx takes as many members as DNS names",
    "service.placement.max_per_host": "as few instances as this run on any one host, or more are a loss",
    "service.rollout.order": "the old instance ends first there in any case, as this asks for",
    "service.logging.options": "what a log driver is told goes with the driver, which is lost, and says so",
    "service.networks": "where they keep a service apart from no other, all reach each other there as they do everywhere",
    "network.encrypted": "only between machines is there something to encrypt, and here is one",
    "volume.retention": "what is gone with its instance is neither kept nor deleted, and the loss of `access` says so",
    "secret.file": "only where secrets are files; a variable that is lost says so itself",
    "secret.swarm.name": "only swarm finds secrets by this name; a variable that is lost says so itself",
    "secret.ecs.arn": "only ECS finds secrets by ARN",
}
"""All that an orchestrator, or an engine on it, may answer with `Outside`: reviewed here and nowhere else."""


def more_than_one_host_may_have(asked: Asked) -> bool:
    """Whether one host, having all instances, has more than it may."""
    replicas = asked.model.environment.services[asked.key.owner[0]].replicas
    return bool(replicas > asked.value)


def waits_for_health(asked: Asked) -> bool:
    """Whether a dependency is one until the other is healthy."""
    return bool(asked.value == "healthy")


def settle(answer: Answer, asked: Asked) -> Settled:
    while isinstance(answer, When):
        answer = answer.then if answer.test(asked) else answer.otherwise
    return answer


class Support(Struct, frozen=True):
    """All answers of a target; fields of `http` services are answered for by their engines.

    A target of one engine only (an nginx.conf) names it in `only`: other engines' services are outside.
    """

    fields: FieldSupport
    engines: Mapping[str, EngineSupport]
    only: str = ""

    def for_all(self, field: str) -> Answer | None:
        """The answer for every fact of a field; None, where it hangs on the service that the fact is of."""
        return None if _server_at(field) is not None else cast(Mapping[str, Answer], self.fields).get(field, _EXACT)

    def for_programs(self, field: str) -> Answer | None:
        """The answer for every fact of a field of services without `http`; None, where it hangs on the one beside it."""
        return self.for_all(field)

    def answer(self, key: FactKey, model: Model) -> Answer:
        """The answer for a fact; what is no field of the language (a baseline, an option) is exact."""
        at = _server_at(key.field)
        if at is not None:
            service = model.environment.services.get(key.owner[at])
            engine = service.http.engine.name if service and service.http else ""
            if self.only not in ("", engine):
                return Outside(f"the service is served by {engine or 'no engine'}")
            if engine:
                return cast(Mapping[str, Answer], self.engines[engine])[key.field]
        return cast(Mapping[str, Answer], self.fields).get(key.field, _EXACT)


@cache
def _server_at(field: str) -> int | None:
    """Where among a fact's owners the `http` service stands whose engine answers for it; None, where none does."""
    if field.startswith(("http.", "backend.")):
        return 0
    return 1 if field.startswith("service.ready.") else None


def option(options: object, noun: type[Noun]) -> Any:
    """The options of a target, known to be of its own kind."""
    assert isinstance(options, noun), f"{type(options).__name__} is not {noun.__name__}"
    return options

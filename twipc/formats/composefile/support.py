"""What the dialects of the compose file can say."""

from __future__ import annotations

import math

from twipc.spec import OWN, Duration
from twipc.target import Absent, Answer, Approximate, Asked, Exact, FieldSupport, Outside, When, codes, is_variable
from twipc.target.support import OUTSIDE_ORCHESTRATORS, more_than_one_host_may_have

_WHY = (
    "secrets come as files here, never as variables, and this one is left out: write it under `secrets`, and tell the program "
    "its place, as many images take it in a variable whose name ends with _FILE"
)


def _holds_secret(asked: Asked) -> bool:
    return any(kind == "secret" for kind, _ in asked.value.values())


def _without_secrets(asked: Asked) -> object:
    return {name: value for name, value in asked.value.items() if value[0] != "secret"}


def _of_variable(asked: Asked) -> bool:
    return is_variable(asked.key.owner[1])


def _whole_seconds(asked: Asked) -> object:
    """Compose cuts 1500ms down to 1s, and docker-compose 1.29 does not start: the engine's StopTimeout is an integer."""
    return Duration(math.ceil(asked.value / 1000) * 1000)


ENV: Answer = When(
    "a variable holds a secret",
    _holds_secret,
    then=Approximate(_without_secrets, _WHY, codes.SECRET_LOST),
    otherwise=Exact(),
)
SECRET_PLACE: Answer = When(
    "a variable holds it", _of_variable, then=Outside("the variable that holds it is lost, and says so"), otherwise=Exact()
)

_NO_AUTOSCALING = Absent(
    "nothing here starts instances by itself: as many run as `replicas` says, until somebody scales them by hand",
    codes.BEHAVIOUR_LOST,
)
_NO_ROLLOUT = Absent("Compose replaces all instances at once, and watches none of them", codes.LOST)


def _of_its_own(asked: Asked) -> bool:
    return asked.model.environment.volumes[asked.key.owner[0]].access in OWN


def _nowhere(asked: Asked) -> bool:
    """Whether a volume is part of the services that mount it, and none does."""
    volume = asked.model.environment.volumes[asked.key.owner[0]]
    return (volume.host is not None or volume.access in OWN) and asked.key.owner[0] not in asked.model.mounts


_NOWHERE = Absent("no service mounts it, and it is known by its mounts alone", codes.LOST)


def _said(answer: Answer) -> Answer:
    return When("no service mounts a folder of the host, or an instance's own", _nowhere, then=_NOWHERE, otherwise=answer)


FIELDS: FieldSupport = {
    "environment.project": Exact(),
    "environment.environment": Exact(),
    "service.kind": Exact(),
    "service.image": Exact(),
    "service.build.context": Outside(OUTSIDE_ORCHESTRATORS["service.build.context"]),
    "service.build.dockerfile": Outside(OUTSIDE_ORCHESTRATORS["service.build.dockerfile"]),
    "service.command": Exact(),
    "service.entrypoint": Exact(),
    "service.working_dir": Exact(),
    "service.user": Exact(),
    "service.read_only": Exact(),
    "service.tmpfs": Exact(),
    "service.shm_size": Exact(),
    "service.capabilities": Exact(),
    "service.no_new_privileges": Exact(),
    "service.ulimits": Exact(),
    "service.stop_signal": Exact(),
    "service.init": Exact(),
    "service.env": ENV,
    "service.labels": Exact(),
    "service.logging.driver": Exact(),
    "service.logging.options": Exact(),
    "service.ports": Exact(),
    "service.networks": Exact(),
    "service.publish": Exact(),
    "service.replicas": Exact(),
    "service.autoscaling.max": _NO_AUTOSCALING,
    "service.autoscaling.cpu": _NO_AUTOSCALING,
    "service.autoscaling.memory": _NO_AUTOSCALING,
    "service.mode.active-standby.standbys": Exact(),
    "service.mode.active-standby.lock": Exact(),
    "service.depends_on": Exact(),
    "service.placement.constraints": Absent("all instances run on the one host, whatever its labels", codes.LOST),
    "service.placement.spread": Absent("all instances run on the one host: there is nothing to spread them over", codes.LOST),
    "service.placement.max_per_host": When(
        "there are more instances",
        more_than_one_host_may_have,
        then=Absent("all instances run on the one host, more than it may have", codes.BEHAVIOUR_LOST),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.placement.max_per_host"]),
    ),
    "service.rollout.order": When(
        "the new one first",
        lambda asked: bool(asked.value == "start-first"),
        then=Absent("Compose ends an instance before it starts its successor", codes.BEHAVIOUR_LOST),
        otherwise=Outside(OUTSIDE_ORCHESTRATORS["service.rollout.order"]),
    ),
    "service.rollout.parallelism": _NO_ROLLOUT,
    "service.rollout.delay": _NO_ROLLOUT,
    "service.rollout.monitor": _NO_ROLLOUT,
    "service.rollout.on_failure": _NO_ROLLOUT,
    "service.health.http.path": Exact(),
    "service.health.http.port": Exact(),
    "service.health.http.client": Exact(),
    "service.health.command": Exact(),
    "service.health.interval": Exact(),
    "service.health.timeout": Exact(),
    "service.health.failures": Exact(),
    "service.health.start_period": Exact(),
    "service.resources.cpu": Exact(),
    "service.resources.memory": Exact(),
    "service.resources.pids": Exact(),
    "service.restart": Exact(),
    "service.stop_grace": Approximate(_whole_seconds, "Docker waits whole seconds before it kills"),
    "service.mounts": Exact(),
    "service.configs": Exact(),
    "service.secrets": Exact(),
    "network.internal": Exact(),
    "network.encrypted": Outside(OUTSIDE_ORCHESTRATORS["network.encrypted"]),
    "volume.access": _said(
        When(
            "each instance has its own",
            _of_its_own,
            then=Approximate(
                lambda _: "per-replica", "a volume without a name outlives a container that `up` replaces, unless it is told -V"
            ),
            otherwise=Exact(),
        )
    ),
    "volume.retention": _said(
        When(
            "each instance has its own",
            _of_its_own,
            then=Approximate(
                lambda _: "delete",
                "a volume without a name is found again by the container's next, never after `down`: each begins empty then",
                codes.STATE_LOST,
            ),
            otherwise=Exact(),
        )
    ),
    "volume.host": _said(Exact()),
    "volume.nfs.server": Exact(),
    "volume.nfs.path": Exact(),
    "volume.driver.name": Exact(),
    "volume.driver.options": Exact(),
    "secret.file": SECRET_PLACE,
    "secret.swarm.name": Outside(OUTSIDE_ORCHESTRATORS["secret.swarm.name"]),
    "secret.ecs.arn": Outside(OUTSIDE_ORCHESTRATORS["secret.ecs.arn"]),
}
"""The answers of every dialect; swarm has its own where it says more, or less."""

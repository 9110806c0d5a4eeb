"""What the answers of ECS depend on, and how values are rounded there."""

from __future__ import annotations

from collections.abc import Callable

from twipc.spec import Publish, Service
from twipc.target import TLS_USE, Approximate, Asked, When, codes, option

from ..expected import logs, making, sizes
from ..expected.nlb import is_led_to
from ..options import Options
from ..untemplated import obstacles


def service_of(asked: Asked) -> Service:
    return asked.model.environment.services[asked.key.owner[0]]


def launch(asked: Asked) -> str:
    options: Options = option(asked.options, Options)
    return options.launch


def on_ec2(asked: Asked) -> bool:
    return launch(asked) == "ec2"


def several_on_ec2(asked: Asked) -> bool:
    return on_ec2(asked) and bool(asked.value > 1)


def cpu(asked: Asked) -> object:
    return sizes.task_size(launch(asked), service_of(asked))[0]


def memory(asked: Asked) -> object:
    """Of the task and of the container in it, where they differ."""
    service = service_of(asked)
    task, own = sizes.task_size(launch(asked), service)[1], sizes.container_memory(service)
    return task if task == own else f"a task of {task}, {own} of it for the container"


def sized(how: Callable[[Asked], object], there: str) -> When:
    return When(
        "on EC2",
        on_ec2,
        then=Approximate(how, there),
        otherwise=Approximate(how, "Fargate has fixed task sizes"),
    )


def health(least: int, most: int, rounded: str, exceeded: str) -> When:
    """A time that is too short is made longer; one that is too long cannot be."""
    how = sizes.seconds(least, most)
    return When(
        f"over {most}s",
        sizes.over(most),
        then=Approximate(how, exceeded, codes.HEALTH_LOST),
        otherwise=Approximate(how, rounded),
    )


def over_on_fargate(asked: Asked) -> bool:
    return launch(asked) == "fargate" and sizes.over(120)(asked)


def _publication(asked: Asked) -> Publish:
    _, number, nth = asked.key.owner
    service = service_of(asked)
    return [one for one in service.publish if str(service.ports[one.port]) == number][int(nth)]


def led_to(asked: Asked) -> bool:
    """Whether a listener of the template stands for this publication."""
    return is_led_to(asked.model, option(asked.options, Options), asked.key.owner[0], _publication(asked))


def balanced(asked: Asked) -> bool:
    """Whether a target group of the spec stands for this publication, which is open to all then."""
    name, one = asked.key.owner[0], _publication(asked)
    service, options = service_of(asked), option(asked.options, Options)
    return one.address is None and one.port != making.lost_port(service) and one.port in options.target_groups.get(name, {})


def kept_apart(asked: Asked) -> bool:
    """Whether some service is on none of a service's networks."""
    own, model = asked.key.owner[0], asked.model
    return any(not model.networks(own) & model.networks(name) for name, _ in model.services)


def of_file(asked: Asked) -> bool:
    return asked.key.owner[1].startswith("/") or asked.key.owner[1] == TLS_USE


def log_driver_is_kept(asked: Asked) -> bool:
    written = asked.model.written(("services", asked.key.owner[0], "logging"))
    return logs.log_driver_is_kept(launch(asked), service_of(asked), written=written)


def log_options(asked: Asked) -> object:
    """More than was asked for is no loss."""
    return logs.log_options(asked.model, option(asked.options, Options), asked.key.owner[0])


def without_tls(asked: Asked) -> object:
    """The ports that somebody listens on."""
    lost = making.lost_port(service_of(asked))
    return {name: port for name, port in asked.value.items() if name != lost}


def templated(asked: Asked) -> bool:
    """Whether the environment has a template of CloudFormation."""
    return not any(obstacles(asked.model))

"""What only the ECS target has to say of a model."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from twipc.diagnostics import Finding, Path
from twipc.formats.engines import variable_of
from twipc.model import Model
from twipc.target import option
from twipc.target.codes import BEHAVIOUR_LOST
from twipc.target.secrets import missing_places

from . import limits
from .checking.accounts import check_accounts
from .checking.made import check_made
from .checking.names import check_names
from .checking.options import check_options, finding
from .codes import MEMBERS, NO_SIZE, SHORT_NAME, UDP, UNTEMPLATED, UNUSED, VARIABLE_TWICE
from .edges import edges, running
from .images.repositories import repositories
from .network.names import registry_of_name
from .nlb.check import check_balancer
from .options import Options
from .task.container import logs_here
from .template.making import target_group_of
from .untemplated import obstacles


def check(model: Model, options_: Any) -> Iterator[Finding]:
    """Options, sizes, and secrets without an ARN."""
    options = option(options_, Options)
    if options.ingress == "alb" or options.certificates:
        from .alb.check import check_alb

        yield from check_alb(model, options)
    whole, model = model, running(model, options)
    yield from check_options(model, options)
    yield from check_accounts(model, options)
    yield from check_made(model, options)
    yield from check_names(model)
    yield from _sizes(model, options)
    yield from _variables(model)
    yield from _udp(model, options)
    yield from check_balancer(model, options, of_servers=model is not whole)
    yield from missing_places(model, "ecs", "ecs", lost="files")
    yield from _aliases(model)
    yield from _sent_round(whole, edges(whole, options).keys() & options.certificates.keys())
    yield from _untemplated(model)
    yield from _unanswered(model, options)
    yield from _retention(model, options)
    yield from _repositories(model, options)


def _sizes(model: Model, options: Options) -> Iterator[Finding]:
    for name, service in model.services:
        path: Path = ("services", name, "resources")
        wanted = {"cpu": service.resources.cpu, "memory": service.resources.memory}
        needed = ("cpu", "memory") if options.launch == "fargate" else ("memory",)
        lacking = [f"`{leaf}`" for leaf in needed if wanted[leaf] is None]
        if lacking:
            said = f"`{name}` says no {' and no '.join(lacking)}: {'Fargate' if len(needed) > 1 else 'ECS'} needs it"
            yield finding(model, NO_SIZE, path, said, "such as `resources: {cpu: 0.25, memory: 512MiB}`")
        elif limits.task_size(options.launch, service) is None:
            said = f"no task size of Fargate has room for {wanted['cpu']} vCPU and {wanted['memory']}"
            yield finding(model, NO_SIZE, path, said, "the largest has 32 vCPU and 244GiB")


def _variables(model: Model) -> Iterator[Finding]:
    for name, http in model.servers:
        variable = variable_of(http.stats.auth.secret) if http.stats else ""
        if variable in model.environment.services[name].env:
            said = f"`{variable}` is the password of the statistics page"
            yield finding(model, VARIABLE_TWICE, ("services", name, "env", variable), said, "rename the variable or the secret")


def _udp(model: Model, options: Options) -> Iterator[Finding]:
    """Published UDP ports that a target group stands for."""
    for name, service in model.services:
        for index, publish in enumerate(service.publish):
            udp = service.ports[publish.port].protocol == "udp"
            if udp and publish.address is None and target_group_of(options, name, publish.port):
                said = f"`{publish.port}` of `{name}` is UDP: its target group must be of protocol UDP or TCP_UDP"
                yield finding(model, UDP, ("services", name, "publish", index), said, key=False)


def _aliases(model: Model) -> Iterator[Finding]:
    """Other names than a service's own: its Cloud Map service has just that one."""
    for name, service in model.services:
        for index, one in enumerate(service.networks):
            if one.aliases:
                path: Path = ("services", name, "networks", index, "aliases")
                at = model.tree.name(path)
                said = f"{at} on ecs: a task is found by the name of its Cloud Map service alone, `{name}`"
                accept = f"accept it: {{code: {BEHAVIOUR_LOST.id}, at: {at}, target: ecs, because: …}}"
                yield finding(model, BEHAVIOUR_LOST, path, said, f"change it, or {accept}")


def _sent_round(model: Model, ended: Set[str]) -> Iterator[Finding]:
    """Redirects to https where TLS is lost: all come by http then, and these take what is behind them.

    TLS of `ended` is a load balancer's that takes their place.
    """
    for name, http in model.servers:
        for index, route in enumerate(http.routes if http.tls and name not in ended else ()):
            if route.redirect and route.redirect.scheme:
                path: Path = ("services", name, "http", "routes", index, "redirect")
                at = model.tree.name(path)
                said = f"{at} on ecs: TLS is lost, so that who is sent to https finds nobody, or comes back by http"
                accept = f"accept it: {{code: {BEHAVIOUR_LOST.id}, at: '{at}', target: ecs, because: …}}"
                yield finding(
                    model, BEHAVIOUR_LOST, path, said, f"let the load balancer send on who comes by http, or {accept}"
                )


def _untemplated(model: Model) -> Iterator[Finding]:
    for path, why in obstacles(model):
        said = f"this environment has no template of CloudFormation: {why}"
        yield finding(model, UNTEMPLATED, path, said, "deploy it by its task definitions and services", key=False)


def _unanswered(model: Model, options: Options) -> Iterator[Finding]:
    """Members that no answer of Cloud Map has room for."""
    for name in sorted({member.service for members in model.members.values() for member in members}):
        replicas = model.environment.services[name].most
        if replicas > limits.ANSWERED and registry_of_name(model, options, name) is not None:
            said = f"`{name}` has {replicas} replicas, and Cloud Map names {limits.ANSWERED} in an answer: members come and go"
            help = f"write {limits.ANSWERED} or fewer: a Cloud Map service of your own answers with no more"
            at = ("replicas",) if model.environment.services[name].replicas == replicas else ("autoscaling", "max")
            yield finding(model, MEMBERS, ("services", name, *at), said, help, key=False)


def _retention(model: Model, options: Options) -> Iterator[Finding]:
    """How long logs are kept that no group of the template has."""
    path: Path = ("targets", "ecs", "log_retention")
    makes = not any(obstacles(model)) and any(logs_here(model, options, name) for name, _ in model.services)
    if model.written(path) and not makes:
        said = "`log_retention` has no effect: the template makes no log group"
        yield finding(model, UNUSED, path, said, "take it out; whoever made the group says how long")


def _repositories(model: Model, options: Options) -> Iterator[Finding]:
    """Repositories that no image goes to, and names of images that ECR has no repository for."""
    wanted = repositories(model, options)
    for index, name in enumerate(options.repositories):
        twice = name in options.repositories[:index]
        if name not in wanted or twice:
            said = f"`{name}` stands twice" if twice else f"no image that is built here goes to a repository `{name}`"
            help = f"they go to: {', '.join(sorted(wanted))}" if wanted else "`registry` is no ECR of this account and region"
            yield finding(model, UNUSED, ("targets", "ecs", "repositories", index), said, help, key=False)
    for name, path in sorted(wanted.items()):
        if len(name) < limits.LEAST_REPOSITORY:
            said = f"`{name}` is no name of an ECR repository: it has {limits.LEAST_REPOSITORY} characters at least"
            yield finding(model, SHORT_NAME, path, said, "call the image by a longer name, such as `shop/web:1`", key=False)

"""Networks: who should reach whom can, and a name on a network means one thing."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes.networks import ALIAS_TAKEN, NETWORK_TWICE, NO_WAY, NOT_TOGETHER


def networks(model: Model) -> Iterator[Finding]:
    """Findings on the networks of every service."""
    yield from _apart(model)
    yield from _aliases(model)
    for name, _ in model.services:
        yield from _twice(model, name)
        yield from _no_way(model, name)


def _apart(model: Model) -> Iterator[Finding]:
    """Proxies without a network in common with a member, and variables with an address on no network of theirs."""
    sought: list[tuple[str, str, Path]] = []
    for (server, backend), members in sorted(model.members.items()):
        path: Path = ("services", server, "http", "backends", backend, "members")
        sought += [(server, member.service, (*path, index)) for index, member in enumerate(members)]
    for name, service in model.services:
        for variable, value in sorted(service.env.items()):
            if value.address is not None and model.elsewhere(value.address) is None:
                sought.append((name, value.address.partition(".")[0], ("services", name, "env", variable)))
    for name, other, path in sought:
        if not model.networks(name) & model.networks(other):
            yield Finding(
                NOT_TOGETHER,
                f"`{name}` does not reach `{other}`: {_where(model, name)}, {_where(model, other)}",
                model.span(path),
                help="put both on one network",
                related=(Related(model.span(("services", other, "networks"), key=True), f"the networks of `{other}`"),),
                at=model.tree.name(path),
            )


def _where(model: Model, name: str) -> str:
    on = sorted(model.networks(name) - {""})
    return f"`{name}` is on {', '.join(f'`{one}`' for one in on)}" if on else f"`{name}` is on the default network"


def _aliases(model: Model) -> Iterator[Finding]:
    """Names that a service here, another alias or something external bears already."""
    taken: dict[tuple[str, str], Path] = {}
    own = dict.fromkeys(model.environment.services, "the name of a service")
    own |= {f"tasks.{name}": "what a swarm calls the tasks of a service" for name in model.environment.services}
    own |= {one.host: f"the host of `{name}`, which is external" for name, one in sorted(model.environment.external.items())}
    aliases = (alias for _, service in model.services for one in service.networks for alias in one.aliases)
    own |= {f"tasks.{alias}": f"what a swarm calls the tasks of who is called `{alias}`" for alias in aliases}
    said_at: dict[Path, tuple[str, str]] = {
        ("services", name, "networks", index, "aliases", nth): (one.network, alias)
        for name, service in model.services
        for index, one in enumerate(service.networks)
        for nth, alias in enumerate(one.aliases)
    }
    for path in model.in_order(said_at):
        network, alias = said_at[path]
        first = taken.setdefault((network, alias), path)
        if first == path and alias not in own:
            continue
        said = f"`{alias}` is {own[alias]}" if alias in own else f"`{alias}` on `{network}` is taken"
        yield Finding(
            ALIAS_TAKEN,
            said,
            model.span(path),
            help="choose another name, or take it out",
            related=(Related(model.span(first), "the first"),) if first != path else (),
            at=model.tree.name(path),
        )


def _twice(model: Model, name: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, one in enumerate(model.environment.services[name].networks):
        if one.network in seen:
            path: Path = ("services", name, "networks", index)
            said, help = f"`{name}` is on `{one.network}` twice", "once is enough, with all its aliases"
            yield Finding(NETWORK_TWICE, said, model.span((*path, "network")), help=help, at=model.tree.name(path))
        seen.add(one.network)


def _no_way(model: Model, name: str) -> Iterator[Finding]:
    """What is published, and addresses elsewhere, of a service that is only on internal networks."""
    service = model.environment.services[name]
    if not service.networks or not all(model.environment.networks[one.network].internal for one in service.networks):
        return
    here: Path = ("services", name)
    blocked: list[tuple[Path, str]] = [
        ((*here, "publish", index), f"`{publish.port}` of `{name}` cannot be published")
        for index, publish in enumerate(service.publish)
    ]
    for variable, value in sorted(service.env.items()):
        found = model.elsewhere(value.address) if value.address is not None else None
        if found is not None:
            blocked.append(((*here, "env", variable), f"`{name}` does not reach {found}"))
    for path, said in blocked:
        yield Finding(
            NO_WAY,
            f"{said}: all its networks are internal",
            model.span(path),
            help="put it on another network too",
            related=(Related(model.span((*here, "networks"), key=True), "its networks"),),
            at=model.tree.name(path),
        )

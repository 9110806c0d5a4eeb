"""The readers of the engines' configuration, by the place where an engine looks for it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from twipc.diagnostics import Report
from twipc.model import Model
from twipc.routes import meant
from twipc.routes.expression import NotUnderstood
from twipc.routes.routing import Routing
from twipc.routes.table import Table
from twipc.syntax import parse
from twipc.target import BASELINE, Discovery, EngineSupport, FactKey, Facts

from .composefile.read.virtual_hosts import routing as virtual_hosts
from .engines import ENGINES
from .haproxy.baseline import baseline as haproxy_baseline
from .haproxy.read import read as read_haproxy
from .haproxy.read.routing import ports as haproxy_ports
from .haproxy.read.routing import routing as haproxy_routing
from .haproxy.sections import NotHaproxy
from .haproxy.support import SUPPORT as HAPROXY_SUPPORT
from .nginx.baseline import baseline as nginx_baseline
from .nginx.including import NOTHING, Included
from .nginx.read import read as read_nginx
from .nginx.read.routing import ports as nginx_ports
from .nginx.read.routing import routing as nginx_routing
from .nginx.support import SUPPORT as NGINX_SUPPORT
from .nginx.tree import NotNginx
from .served import ReadServer, ServerBaseline

_READERS: Mapping[str, ReadServer] = {
    ENGINES["haproxy"].config: read_haproxy,
    ENGINES["nginx"].config: read_nginx,
}
_BASELINES: Mapping[str, ServerBaseline] = {"haproxy": haproxy_baseline, "nginx": nginx_baseline}
ENGINE_SUPPORT: Mapping[str, EngineSupport] = {"haproxy": HAPROXY_SUPPORT, "nginx": NGINX_SUPPORT}


def read_server(files: Mapping[str, str], service: str, discovery: Discovery) -> Facts:
    """What the files in a service's container mean, by their place there; nothing, if no engine looks there."""
    facts: dict[FactKey, object] = {}
    for config, reader in _READERS.items():
        if config in files:
            facts.update(reader(files, service, discovery))
            with suppress(LookupError, ValueError):  # then it is missing, which differs from what is meant
                facts[_who_takes_what(service)] = _said(config, files[config])
    return facts


def routing_of(name: str, text: str, port: int | None = None, included: Included = NOTHING) -> Table:
    """What a configuration file, ours or anyone's, does with which requests; its name tells whose it is.

    `included` are the files that it includes; one that is not among them is left open.

    Raises LookupError where nothing listens (on that port), ValueError for a text that its engine would not read, and `Stopped`
    for what is no YAML.
    """
    try:
        if name.endswith((".yml", ".yaml")):
            return virtual_hosts(parse(text.encode("utf-8", "surrogateescape"), name, Report()))
        return haproxy_routing(text, port) if name.endswith(".cfg") else nginx_routing(text, port, included)
    except (NotNginx, NotHaproxy, NotUnderstood) as problem:
        raise ValueError(str(problem)) from None
    except UnicodeEncodeError:
        raise ValueError("the file is no UTF-8 text") from None


def ports_of(name: str, text: str, included: Included = NOTHING) -> list[int]:
    """The ports on which a configuration file that has a table listens, the one that is asked by default before all."""
    if name.endswith(".cfg"):
        return haproxy_ports(text)
    return nginx_ports(text, included) if name.endswith(".conf") else []


def _who_takes_what(service: str) -> FactKey:
    """What a server does with every request: a second reading of its routes, which shares nothing with the list of them."""
    return FactKey(BASELINE, (service, "requests"))


@lru_cache(maxsize=64)
def server_baseline(model: Model, service: str, discovery: Discovery) -> Facts:
    http = model.environment.services[service].http
    if not http:
        return {}
    own = _BASELINES[http.engine.name](model, service, discovery)
    # A certificate is a file: where secrets are none, nobody comes by https.
    return {**own, _who_takes_what(service): _meant(model, service, https=discovery.secrets == "file")}


@lru_cache(maxsize=16)
def _said(name: str, text: str) -> Routing:
    """Several targets have the same text."""
    return Routing(routing_of(name, text))


@lru_cache(maxsize=64)
def _meant(model: Model, service: str, *, https: bool) -> Routing:
    return Routing(meant.server(model, service, https=https))

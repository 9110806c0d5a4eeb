"""The readers of the engines' configuration, by the place where an engine looks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from twipc.model import Model
from twipc.target import Discovery, EngineSupport, FactKey, Facts

from .engines import ENGINES
from .haproxy.baseline import baseline as haproxy_baseline
from .haproxy.read import read as read_haproxy
from .haproxy.support import SUPPORT as HAPROXY_SUPPORT
from .nginx.baseline import baseline as nginx_baseline
from .nginx.read import read as read_nginx
from .nginx.support import SUPPORT as NGINX_SUPPORT
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
    return facts


@lru_cache(maxsize=64)
def server_baseline(model: Model, service: str, discovery: Discovery) -> Facts:
    http = model.environment.services[service].http
    return _BASELINES[http.engine.name](model, service, discovery) if http else {}

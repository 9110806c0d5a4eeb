"""The nouns of a draft: imported where something of a spec is wrong, as they take a tenth of all nouns to make."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from .environment import Environment, External, Network, Secret, Volume
from .http import Backend, Default, Engine, Http, Listen, ListenTls, Match, Route, Tls
from .service import Port, Publish, Service
from .values import EPHEMERAL, HostPort, Name


class _Publish(Publish):
    host: HostPort = EPHEMERAL


class _Route(Route):
    match: Match = Match(prefix=("/",))


class _Tls(Tls):
    listen: ListenTls = ListenTls(number=8443)


class _Http(Http):
    engine: Engine = Engine(name="nginx", version="1.30")
    listen: Listen = Listen(number=8080)
    tls: _Tls | None = None
    backends: Mapping[str, Backend] = Field({})
    routes: tuple[_Route, ...] = ()
    default: Default = Default(status=404)


class _Service(Service):
    ports: Mapping[str, Port] = Field({})
    publish: tuple[_Publish, ...] = ()
    http: _Http | None = None


class Draft(Environment):
    """An environment of which not all could be bound: names are any words, and in place of what all have something stands in.

    So it is for all that has a name to follow beside it.
    """

    twipc: Any = 1
    project: Name = "unnamed"
    environment: Name = "unnamed"
    targets: Mapping[str, Mapping[str, Any]] = Field({})
    services: Mapping[str, _Service] = Field({})
    networks: Mapping[str, Network] = Field({})
    external: Mapping[str, External] = Field({})
    volumes: Mapping[str, Volume] = Field({})
    secrets: Mapping[str, Secret] = Field({})

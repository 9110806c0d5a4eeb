"""A tree to as much of an environment as can be bound: one mistake hides no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from twipc.diagnostics import Path, Report, Stopped
from twipc.syntax import Gaps, NodeScalar, Tree

from . import codes
from .bind import judged
from .clashes import tell_clashes, tell_kinds
from .environment import Environment, External, Network, Secret, Volume
from .http import Backend, Default, Engine, Http, Listen, ListenTls, Match, Route, Tls
from .service import Port, Publish, Service
from .values import EPHEMERAL, HostPort, Name

_MOST_ROUNDS = 20
"""What is taken out of a noun may leave it without what it needs, so that it goes too: never deeper than nouns are nested."""


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


def bind(tree: Tree, stem: str, report: Report) -> tuple[Environment, Tree]:
    """What could be bound, and the tree of just that: where something was wrong, and was reported, it has gaps.

    `stem` is the file's name without its ending. Raises `Stopped` where nothing could be bound.
    """
    called = tree.node(("environment",))
    if isinstance(called, NodeScalar) and isinstance(called.value, str) and called.value != stem:
        report.add(
            codes.FILE_NAME,
            f"the environment is called `{called.value}`, its file `{stem}.yaml`",
            called.span,
            help=f"write `environment: {stem}` or rename the file",
            at="environment",
        )
    noun: type[Environment] = Environment
    flawed = tell_kinds(noun, tree, (), report)
    for _ in range(_MOST_ROUNDS):
        environment, wrong = judged(noun, tree, (), report)
        if environment is not None:
            flawed |= tell_clashes(environment, tree, (), report)
            return environment, Tree(tree.root, tree.file, Gaps(tree.gaps.paths, flawed=True)) if flawed else tree
        # What has a name that is none, or lacks something, is taken out only where a draft cannot have it.
        perhaps = wrong.keys | wrong.lacking
        places, unsure = (wrong.places, wrong.keys) if noun is Environment else (wrong.places | perhaps, set[Path]())
        tree = tree.without(places, wrong.unsure | unsure)
        noun = Draft
    raise Stopped

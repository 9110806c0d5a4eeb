"""What no target alone can judge: one module for each concern, a function from model to findings each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twipc.diagnostics import Finding, Report
from twipc.model import Model

from .chains import chains
from .codes import CODES as _CODES
from .external import external
from .globs import globs
from .hosts import hosts
from .jobs import jobs
from .limits import limits
from .logs import logs
from .networks import networks
from .places import places
from .plain import plain
from .ports import ports
from .programs import programs
from .redirects import redirects
from .routes import routes
from .servers import servers
from .spellings import spellings
from .standby_codes import CODES as _STANDBY_CODES
from .standbys import standbys
from .starts import starts
from .state import state
from .stores import stores
from .unused import unused

__all__ = ["CODES", "judge"]

CODES = (*_CODES, *_STANDBY_CODES)
Rule = Callable[[Model], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    state,
    stores,
    standbys,
    servers,
    routes,
    globs,
    spellings,
    redirects,
    chains,
    ports,
    places,
    external,
    plain,
    networks,
    starts,
    hosts,
    jobs,
    unused,
    programs,
    limits,
    logs,
)


def judge(model: Model, report: Report) -> None:
    """Report everything that any rule finds."""
    for rule in RULES:
        report.extend(rule(model))

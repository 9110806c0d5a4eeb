"""What no target alone can judge: one module for each concern, a function from model to findings each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from twipc.diagnostics import Finding, Report
from twipc.model import Model
from twipc.syntax import Tree

from .becoming import becoming
from .chains import chains
from .codes import CODES as _CODES
from .external import external
from .globs import globs
from .hosts import hosts
from .jobs import jobs, of_jobs
from .limits import limits, words
from .logs import logs
from .networks import networks
from .places import places
from .plain import files, literals, plain
from .ports import ports
from .programs import programs
from .ranges import no_ranges, ranges
from .redirects import redirects
from .routes import routes
from .servers import engines, servers
from .spellings import spellings
from .standby_codes import CODES as _STANDBY_CODES
from .standbys import standbys
from .starts import starts
from .state import state
from .stores import stores
from .unused import unused
from .variables import variables

__all__ = ["CODES", "judge", "judge_alone"]

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
    ranges,
    unused,
    variables,
    programs,
    becoming,
    limits,
    logs,
)

ALONE: tuple[Rule, ...] = (
    globs,
    spellings,
    variables,
    programs,
    becoming,
    places,
    hosts,
    logs,
    of_jobs,
    no_ranges,
    engines,
    words,
    files,
)
"""Rules that judge a service by itself, and are right of one of which not all is known."""
OF_VALUES: tuple[Rule, ...] = (globs, spellings, programs, words)
"""Those of them that judge what no extending file makes right by saying more."""


def judge(model: Model, report: Report) -> None:
    """Report everything that any rule finds."""
    for rule in RULES:
        report.extend(rule(model))


def judge_alone(model: Model, tree: Tree, report: Report, *, fragment: bool = False) -> None:
    """Report what is wrong whatever else is: of a model that may have gaps, and of `tree`, all that the spec says."""
    report.extend(literals(tree))
    for rule in OF_VALUES if fragment else ALONE:
        report.extend(rule(model))

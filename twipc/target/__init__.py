"""The kit that a target is made with."""

from . import codes, images, standby
from .answers import EngineSupport, FieldSupport
from .bundle import Artifact, Bundle, bundle, plain
from .discovery import DOCKER, Discovery
from .facts import (
    BASELINE,
    OF_PROGRAMS,
    STATS_USE,
    TLS_USE,
    FactKey,
    Facts,
    facts_of,
    is_variable,
    published,
    route_facts,
    secret_uses,
)
from .interface import NoOptions, Target, Unreadable
from .limits import Held, Measured, OutOfReach, exceeded
from .places import spec_path
from .support import Absent, Answer, Approximate, Asked, Exact, Outside, Support, When, option

__all__ = [
    "BASELINE",
    "DOCKER",
    "OF_PROGRAMS",
    "STATS_USE",
    "TLS_USE",
    "Absent",
    "Answer",
    "Approximate",
    "Artifact",
    "Asked",
    "Bundle",
    "Discovery",
    "EngineSupport",
    "Exact",
    "FactKey",
    "Facts",
    "FieldSupport",
    "Held",
    "Measured",
    "NoOptions",
    "OutOfReach",
    "Outside",
    "Support",
    "Target",
    "Unreadable",
    "When",
    "bundle",
    "codes",
    "exceeded",
    "facts_of",
    "images",
    "is_variable",
    "option",
    "plain",
    "published",
    "route_facts",
    "secret_uses",
    "spec_path",
    "standby",
]

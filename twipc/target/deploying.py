"""How a target is deployed as a whole: what one operation makes of what is there, told before it begins; all pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct

from twipc.diagnostics import Finding, Path
from twipc.model import Model

from .bundle import Artifact


class Act(Enum):
    """What happens to one thing; its value is the word for it."""

    CREATED = "created"
    REPLACED = "replaced"
    UPDATED = "updated"
    DELETED = "deleted"
    KEPT = "kept"
    """It is no longer part of what is deployed, and stays."""


class Interruption(Enum):
    """What who uses a service notices; its value is the word for it."""

    NONE = "none"
    FEWER = "fewer"
    """Some of its tasks go before others are there; who asks is answered."""
    OUTAGE = "outage"


class Cause(Struct, frozen=True):
    """One thing that is said otherwise than before, in the deployed file's own words; `at` is where the spec says it."""

    what: str
    at: Path
    before: str | None = None
    after: str | None = None

    @property
    def told(self) -> str:
        if self.before is None and self.after is None:
            return f"{self.what} is another"
        if self.before is None:
            return f"{self.what} is {self.after}"
        return f"{self.what} was {self.before}, is {self.after if self.after is not None else 'another'}"


class Change(Struct, frozen=True):
    """What becomes of one thing: `id` is its name in the deployed file, `kind` what sort of thing it is there.

    `what` names it in the user's words, `means` says what comes of it for who uses it.
    """

    id: str
    kind: str
    what: str
    act: Act
    means: str
    service: str = ""
    interruption: Interruption = Interruption.NONE
    causes: tuple[Cause, ...] = ()


class Operation(Struct, frozen=True):
    """What a deployment does, in the order in which it is told, and what is wrong with that."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


class NoTemplate(Exception):
    """A text is not what this target deploys; says why in one line."""


class Stack(Struct, frozen=True):
    """What one operation is carried out with: `tags` tell whose it is, `asks` are the parameters without a default."""

    name: str
    region: str
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    asks: tuple[str, ...]
    takes: tuple[str, ...]


class Deploying(Struct, frozen=True, kw_only=True):
    """What a target answers to `twipc deploy`; all are pure."""

    file: str
    """The artifact that is deployed; a bundle may be without it."""
    missing: Callable[[Model, Any], str]
    """Why a model has no such file."""
    compare: Callable[[Model, Artifact, str | None, frozenset[str]], Operation]
    """From the text of what runs, none where nothing does, and the parameters that are others than there.

    Raises `NoTemplate` where that is something else.
    """
    stack: Callable[[Model, Any, str], Stack]
    stranger: Callable[[Model, str], str]
    """What a text of this kind is, if it says itself that it is another's than this model's; empty where it does not."""
    first: Deploying | None = None
    """What has to be there before images are pushed: a stack of its own."""

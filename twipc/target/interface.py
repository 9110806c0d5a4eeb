"""What a target is: a value, not a subclass; what it lacks is seen in its definition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from twipc.diagnostics import Code, Finding, Path
from twipc.model import Model
from twipc.spec import Noun

from .bundle import Bundle
from .discovery import DOCKER, Discovery
from .facts import Facts
from .images import Packed
from .limits import Table
from .support import Support

if TYPE_CHECKING:
    from twipc.routes.table import Table as Routes

    from .deploying import Deploying
    from .runtime import Runtime


class Unreadable(Exception):
    """A reader cannot make sense of an artifact: it says which, and why, in one line."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class NoOptions(Noun):
    """A target that has nothing to choose."""


Compile = Callable[[Model, Any], Bundle]
"""Pure: the same model and options give the same bundle, byte for byte."""
Read = Callable[[Mapping[str, str]], Facts]
"""What the texts of a target's folder mean, without a look at how they were written; raises `Unreadable`."""
States = Callable[[Model, Any], Mapping[str, Path]]
"""What stands outside behind the single-writer volumes of a model, by its id: no other environment may write it."""
Names = Callable[[Model, Any], Mapping[str, Path]]
"""What a target calls the services of a model where other environments are too: none of theirs may be called so."""
Makes = Callable[[Model, Any], Mapping[str, tuple[Path, str]]]
"""What a target makes outside that one environment alone may: the place in the spec, and how another leaves it to that one."""
Images = Callable[[Model, Any], Sequence[Packed]]
"""The images that are made here for a target to run, by the names that a registry has of them."""
Check = Callable[[Model, Any], Iterable[Finding]]
"""What this target alone has to say about a model: what does not fit, and options that only it needs."""
Baseline = Callable[[Model, Any], Facts]
"""What the target adds of its own (hardening, limits, timers), as a second, reviewed statement of it."""


class Target(Struct, frozen=True, kw_only=True):
    """One kind of place an environment can be put.

    `options` are what the spec may say under `targets.<name>`; `option_facts` gives those of them that an artifact shows.
    Without a `runtime` or `deploying`, what it makes is run by other means. A compile needs neither: they come when asked.
    """

    name: str
    summary: str
    support: Support
    compile: Compile
    read: Read
    baseline: Baseline
    options: type[Noun] = NoOptions
    states: States = field(default=lambda _model, _options: {})
    names: Names = field(default=lambda _model, _options: {})
    makes: Makes = field(default=lambda _model, _options: {})
    check: Check = field(default=lambda _model, _options: ())
    limits: Table = ()
    option_facts: Callable[[Model, Any], Facts] = field(default=lambda _model, _options: {})
    discovery: Callable[[Any], Discovery] = field(default=lambda _options: DOCKER)
    orchestrates: bool = True
    runtime: "Callable[[], Runtime] | None" = None
    deploying: "Callable[[], Deploying] | None" = None
    tables: "Callable[[str], Mapping[str, Routes]] | None" = None
    """What an artifact that routes requests by itself does with them, ours or anybody's, by the name of each that does.

    Raises LookupError where nothing does, ValueError for a text that is no such artifact.
    """
    images: Images = field(default=lambda _model, _options: ())
    codes: tuple[Code, ...] = ()

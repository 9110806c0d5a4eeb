"""Docker Swarm: several hosts, `docker stack deploy`."""

from typing import TYPE_CHECKING

from twipc.target import Target, images

from .baseline import baseline, option_facts
from .check import check
from .codes import CODES
from .limits import LIMITS
from .lower import compile
from .options import SwarmOptions, discovery
from .read import read
from .support import SUPPORT

if TYPE_CHECKING:
    from twipc.target.runtime import Runtime


def _runtime() -> "Runtime":
    from .runtime import RUNTIME

    return RUNTIME


TARGET = Target(
    name="swarm",
    summary="a Docker Swarm stack, file format 3.8",
    support=SUPPORT,
    options=SwarmOptions,
    option_facts=option_facts,
    discovery=discovery,
    check=check,
    limits=LIMITS,
    compile=compile,
    read=read,
    baseline=baseline,
    runtime=_runtime,
    images=lambda model, options: images.all_packed(model, options.registry),
    codes=CODES,
)

"""Docker Compose v2: one host, `docker compose up`."""

from typing import TYPE_CHECKING

from twipc.target import Target, images

from .baseline import baseline, option_facts
from .check import check
from .codes import CODES
from .lower import compile
from .names import names
from .read import read
from .support import SUPPORT

if TYPE_CHECKING:
    from twipc.target.runtime import Runtime


def _runtime() -> "Runtime":
    from .runtime import RUNTIME

    return RUNTIME


TARGET = Target(
    name="compose",
    summary="Docker Compose v2 on one host",
    support=SUPPORT,
    options=images.ImageOptions,
    option_facts=option_facts,
    images=lambda model, options: images.all_packed(model, options.registry),
    check=check,
    names=names,
    compile=compile,
    read=read,
    baseline=baseline,
    runtime=_runtime,
    codes=CODES,
)

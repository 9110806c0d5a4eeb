"""docker-compose 1.29: one host, file format 2.4, a frozen dialect."""

from twipc.target import Target, images

from .baseline import baseline, option_facts
from .check import check
from .lower import compile
from .read import read
from .support import SUPPORT

TARGET = Target(
    name="compose-2.4",
    summary="docker-compose 1.29 on one host, file format 2.4",
    support=SUPPORT,
    options=images.ImageOptions,
    option_facts=option_facts,
    images=lambda model, options: images.all_packed(model, options.registry),
    check=check,
    compile=compile,
    read=read,
    baseline=baseline,
)

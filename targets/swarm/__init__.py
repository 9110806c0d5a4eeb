"""Docker Swarm: several hosts, `docker stack deploy`."""

from twipc.target import Target, images

from .baseline import baseline, option_facts
from .check import check
from .codes import CODES
from .limits import LIMITS
from .lower import compile
from .options import SwarmOptions, discovery
from .read import read
from .runtime import RUNTIME
from .support import SUPPORT

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
    runtime=RUNTIME,
    images=lambda model, options: images.all_packed(model, options.registry),
    codes=CODES,
)

"""haproxy alone: the configuration of each `http` service whose engine it is, for plain Docker DNS."""

from twipc.target import Target

from .baseline import baseline
from .check import check
from .codes import CODES
from .lower import compile
from .read import read
from .support import SUPPORT

TARGET = Target(
    name="haproxy",
    summary="haproxy configuration files, for Docker's own DNS",
    support=SUPPORT,
    check=check,
    compile=compile,
    read=read,
    baseline=baseline,
    orchestrates=False,
    codes=CODES,
)

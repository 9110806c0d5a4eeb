"""What the configuration files of nginx mean."""

from functools import partial

from twipc.formats.part.read import read_part

read = partial(read_part, "nginx")

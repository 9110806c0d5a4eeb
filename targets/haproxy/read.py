"""What the configuration files of haproxy mean."""

from functools import partial

from twipc.formats.part.read import read_part

read = partial(read_part, "haproxy")

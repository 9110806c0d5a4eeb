"""What only the nginx target has to say of a model."""

from functools import partial

from twipc.formats.part.check import has_server

from .codes import NO_SERVER

check = partial(has_server, "nginx", NO_SERVER)

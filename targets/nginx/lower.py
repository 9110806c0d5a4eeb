"""The files of every nginx of a model."""

from functools import partial

from twipc.formats.part.write import compile_part

compile = partial(compile_part, "nginx")

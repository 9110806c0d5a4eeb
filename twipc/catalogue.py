"""Every diagnostic code there is: of the passes, then of the targets."""

from __future__ import annotations

from collections.abc import Mapping

from twipc import rules
from twipc.diagnostics import Code
from twipc.formats.nginx import codes as nginx
from twipc.output import codes as output
from twipc.registry import target, target_names
from twipc.resolve import codes as resolve
from twipc.run import codes as run
from twipc.spec import codes as spec
from twipc.syntax import codes as syntax
from twipc.target import codes as support
from twipc.verify import codes as verify


def codes() -> Mapping[str, Code]:
    """All codes by id, in their order; an id that two makers use is our own mistake."""
    passes = (syntax, spec, resolve, rules, support, verify, run, output, nginx)
    every = [code for module in passes for code in module.CODES]
    for name in target_names():
        every += target(name).codes
    found = {code.id: code for code in sorted(every, key=lambda code: code.id)}
    assert len(found) == len(every), "an id of a code is used twice"
    return found

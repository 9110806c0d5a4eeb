"""What can be wrong with a range of instances."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_WEB = "services:\n  web:\n    image: shop/web:1\n    resources: {cpu: 0.5, memory: 512MiB}\n    replicas: 2\n"
_ACCEPTED = "accept: [{code: TW511, at: services.web.autoscaling, target: compose, because: twipc scale does it there}]\n"

OF_NOTHING = Code(
    "TW498",
    "a percentage of nothing",
    Severity.ERROR,
    why="Load is measured against what an instance may use. Without a limit there is nothing to be a percentage of, and the "
    "number of instances would follow none.",
    bad=f"{_WEB}    autoscaling: {{max: 6, cpu: 60}}  #! TW498\n{_ACCEPTED}".replace("cpu: 0.5, ", ""),
    good=f"{_WEB}    autoscaling: {{max: 6, cpu: 60}}\n{_ACCEPTED}",
)
NO_RANGE = Code(
    "TW499",
    "a range of instances that is none",
    Severity.ERROR,
    why="Instances are added from `replicas` up to `max`, all doing the same. Where there is none to begin with nothing is "
    "measured, and of those that wait for a lock more are no help.",
    bad=f"{_WEB}    autoscaling: {{max: 1, cpu: 60}}  #! TW499\n{_ACCEPTED}",
    good=f"{_WEB}    autoscaling: {{max: 6, cpu: 60}}\n{_ACCEPTED}",
)

CODES = (OF_NOTHING, NO_RANGE)

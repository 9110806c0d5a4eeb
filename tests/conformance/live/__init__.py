"""Runs the real nginx and haproxy on a configuration, in a private network, and reports what answered."""

from tests.conformance.live.report import Answer, Echo, Loaded, Report, Waited
from tests.conformance.live.run import HarnessError, haproxy_accepts, nginx_accepts, run
from tests.conformance.live.scenario import (
    Backend,
    Behaviour,
    Inner,
    Load,
    Pause,
    Request,
    Scenario,
    SetBehaviour,
    SetNames,
    Step,
    Talk,
    Wait,
)

__all__ = [
    "Answer",
    "Backend",
    "Behaviour",
    "Echo",
    "HarnessError",
    "Inner",
    "Load",
    "Loaded",
    "Pause",
    "Report",
    "Request",
    "Scenario",
    "SetBehaviour",
    "SetNames",
    "Step",
    "Talk",
    "Wait",
    "Waited",
    "haproxy_accepts",
    "nginx_accepts",
    "run",
]

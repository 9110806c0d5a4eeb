"""The harness's side inside the private namespaces: a scenario on stdin, a report on stdout."""

import asyncio
import sys
from pathlib import Path

from tests.conformance.live import wire
from tests.conformance.live.backends import Backends
from tests.conformance.live.box import furnish
from tests.conformance.live.client import Client
from tests.conformance.live.engine import Engine, command_line
from tests.conformance.live.names import Names
from tests.conformance.live.network import RESOLVERS, Network
from tests.conformance.live.play import Player
from tests.conformance.live.report import Outcome, Report
from tests.conformance.live.scenario import Load, Request, Scenario, Wait

DNS_PORT = 53


async def perform(scenario: Scenario, scratch: Path, binary: Path) -> Report:
    """Builds the world, starts the engine in it, takes the steps, ends the engine."""
    faults: list[str] = []
    # A stand-in that fails would look like an engine that does.
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(str(fault)))
    furnish(scratch, scenario.files, binary)
    network = Network()
    names = Names(scenario.names)
    for resolver in RESOLVERS:
        names.listen(network.datagram(resolver, DNS_PORT))
    backends = Backends(network, scenario.backends)
    await backends.start()
    arguments = command_line(scenario.engine) if scenario.arguments is None else scenario.arguments
    engine = Engine(binary, scenario.engine, arguments, scenario.environment, scratch)
    outcomes: list[Outcome] = []
    try:
        player = Player(Client(network), names, backends)
        if await engine.started(_ports(scenario)):
            async with asyncio.timeout(scenario.seconds):
                for step in scenario.steps:
                    outcomes.append(await player.take(step))
    finally:
        code, stdout, stderr = await engine.stop()
    if faults:
        raise RuntimeError("\n".join(faults))
    return Report(tuple(outcomes), tuple(backends.received), code, stdout, stderr)


def _ports(scenario: Scenario) -> set[int]:
    requests = [step.request if isinstance(step, (Wait, Load)) else step for step in scenario.steps]
    return {request.port for request in requests if isinstance(request, Request)}


def main(scratch: str, binary: str) -> None:
    """Reads the scenario, writes the report."""
    scenario = wire.loads(sys.stdin.read())
    if not isinstance(scenario, Scenario):
        raise TypeError("a scenario was expected on stdin")
    print(wire.dumps(asyncio.run(perform(scenario, Path(scratch), Path(binary)))))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The harness's side inside the private namespaces: a scenario on stdin, a report on stdout."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conformance.live import wire
from tests.conformance.live.backends import Backends
from tests.conformance.live.box import furnish
from tests.conformance.live.client import Client
from tests.conformance.live.engine import Engine, command_line
from tests.conformance.live.names import Names
from tests.conformance.live.network import INNER, RESOLVERS, Network
from tests.conformance.live.play import Player
from tests.conformance.live.report import Outcome, Report
from tests.conformance.live.scenario import Inner, Load, Request, Scenario, Wait

DNS_PORT = 53
INNER_PORT = 8080


async def perform(scenario: Scenario, scratch: Path, binary: Path, second: Path | None) -> Report:
    """Builds the world, starts the engine in it, takes the steps, ends the engine."""
    faults: list[str] = []
    # A stand-in that fails would look like an engine that does.
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(str(fault)))
    inner = scenario.inner
    furnish(scratch, {**scenario.files, **(inner.files if inner else {})}, binary, *([second] if second else []))
    network = Network()
    names = Names({**scenario.names, **({inner.service: (INNER,)} if inner else {})})
    for resolver in RESOLVERS:
        names.listen(network.datagram(resolver, DNS_PORT))
    backends = Backends(network, scenario.backends)
    await backends.start()
    arguments = command_line(scenario.engine) if scenario.arguments is None else scenario.arguments
    engine = Engine(binary, scenario.engine, arguments, scenario.environment, scratch)
    outcomes: list[Outcome] = []
    logged: list[str] = []
    try:
        async with _second(inner, second, network, names, scratch, logged):
            player = Player(Client(network), names, backends)
            if await engine.started(_ports(scenario)):
                async with asyncio.timeout(scenario.seconds):
                    for step in scenario.steps:
                        outcomes.append(await player.take(step))
    finally:
        code, stdout, stderr = await engine.stop()
    if faults:
        raise RuntimeError("\n".join(faults))
    return Report(tuple(outcomes), tuple(backends.received), code, stdout, stderr, "".join(logged))


@asynccontextmanager
async def _second(
    inner: Inner | None, binary: Path | None, network: Network, names: Names, scratch: Path, logged: list[str]
) -> AsyncIterator[None]:
    """Runs a second engine, if there is one, in a network of its own; tells what it wrote."""
    if inner is None or binary is None:
        yield
        return
    said = scratch / "second"
    said.mkdir()
    with network.entered(network.second()):
        for resolver in RESOLVERS:
            names.listen(network.datagram(resolver, DNS_PORT))
        engine = Engine(binary, inner.engine, command_line(inner.engine), {}, said)
    began = await engine.started({INNER_PORT})
    try:
        if began:
            yield
    finally:
        _, stdout, stderr = await engine.stop()
        logged.append(stdout)
    if not began:
        raise RuntimeError(f"the second engine did not start: {stderr}")


def _ports(scenario: Scenario) -> set[int]:
    requests = [step.request if isinstance(step, (Wait, Load)) else step for step in scenario.steps]
    return {request.port for request in requests if isinstance(request, Request)}


def main(scratch: str, binary: str, second: str = "") -> None:
    """Reads the scenario, writes the report."""
    scenario = wire.loads(sys.stdin.read())
    if not isinstance(scenario, Scenario):
        raise TypeError("a scenario was expected on stdin")
    print(wire.dumps(asyncio.run(perform(scenario, Path(scratch), Path(binary), Path(second) if second else None))))


if __name__ == "__main__":
    main(*sys.argv[1:])

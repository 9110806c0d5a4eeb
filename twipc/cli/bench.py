"""`twipc bench`: many requests at once, counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from twipc.diagnostics.render import visible
from twipc.run import codes
from twipc.run.asking import Load, load
from twipc.run.probes import entries, machine_of

from .running import begin, environment_argument
from .session import Session, verb
from .telling import columns

_SHARES = (0.5, 0.95, 0.99)
_NEAR = 0.9


@click.command("bench")
@environment_argument
@click.argument("path", default="/")
@click.option("-n", "count", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="So many requests.")
@click.option("-c", "clients", type=click.IntRange(1, 256), default=10, show_default=True, help="By so many clients at once.")
@click.option(
    "--rate",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    help="No more in a second: what is asked may have others to serve.",
)
@click.option("--entry", help="The service that is asked; by default the first that is published.")
@click.option(
    "--compare", type=click.Path(path_type=Path, dir_okay=False), help="Beside these figures, of an earlier --format json."
)
@verb
def command(
    session: Session,
    environment: str,
    wanted: str | None,
    path: str,
    count: int,
    clients: int,
    rate: int,
    entry: str | None,
    compare: Path | None,
) -> None:
    """Ask for PATH many times, and tell the rate, the times within which answers came, other statuses, and what was lost.

    Only published ports of the environment's own containers are asked. All clients run here, in one Python process: compare
    figures of one machine, do not take them for the most that the environment can do.
    """
    if not path.startswith("/"):
        raise click.UsageError("PATH begins with `/`")
    before = _earlier(compare) if compare else None
    running = begin(session, environment, wanted)
    engine = running.reach(running.runtime.needs)
    found = [one for one in entries(running.model, running.look(), machine_of(engine.host)) if entry in (None, one[0])]
    if not found:
        what = f"`{entry}` is not" if entry else f"nothing of {running.model.name} is"
        running.end(codes.NOTHING_RUNS, f"{what} published and served by http", help="`twipc status` shows what runs")
    name, _, address, port = found[0]
    running.voice.say(f"{count} requests by {clients} clients to {name} at {address}:{port}{path}, {rate} a second at most")
    done = load(address, port, path, {}, count, clients, rate)
    figures = _figures(done)
    running.more = {"bench": {"entry": name, "path": path, "clients": clients, "most_per_second": rate, **figures}}
    if session.format == "text":
        for line in columns(_table(figures, before)):
            click.echo(line)
    if done.rate > _NEAR * rate:
        running.voice.say(f"that is what --rate {rate} lets through: more may be possible")
    if done.lost or done.other:
        lost = ", ".join(f"{number} {why}" for why, number in sorted(done.lost.items()))
        other = ", ".join(
            f"{number} with status {status}" for status, number in sorted(done.statuses.items()) if not 200 <= status < 300
        )
        running.add(codes.LOST, f"of {count} requests to `{name}`: {'; '.join(filter(None, (lost, other)))}")
    running.finish()


def _figures(done: Load) -> dict[str, Any]:
    times = {f"p{share * 100:.0f}_ms": round(done.percentile(share) * 1000, 1) for share in _SHARES}
    most = round(max(done.times, default=0.0) * 1000, 1)
    lost = done.lost.total()
    return {
        "requests": done.count,
        "per_second": round(done.rate, 1),
        **times,
        "max_ms": most,
        "non_2xx": done.other,
        "lost": lost,
    }


def _table(figures: dict[str, Any], before: dict[str, Any] | None) -> list[tuple[str, ...]]:
    if before is None:
        return [(name, str(value)) for name, value in figures.items()]
    rows: list[tuple[str, ...]] = [("", "before", "now", "ratio")]
    for name, value in figures.items():
        then = before.get(name)
        ratio = f"{value / then:.2f}" if isinstance(then, int | float) and then else "-"
        rows.append((name, str("-" if then is None else then), str(value), ratio))
    return rows


def _earlier(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())["bench"]
        return dict(found)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise click.UsageError(visible(f"{file} holds no figures of `twipc bench --format json`: {problem}")) from None

"""The benchmark of speed compares equal things, and runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.speed import __main__ as speed
from bench.speed import shapes
from bench.speed.bars import Bar, Growth, Table, rows
from bench.speed.field import Entry, Taken, exponent, race, ratios
from bench.speed.plot import plot
from tests.compiling import compiled_text
from tests.tools import tool
from twipc.syntax import MOST_BYTES


def said(text: str) -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    return services


def order(service: dict[str, Any]) -> dict[str, str]:
    return {name: one["condition"] for name, one in service.get("depends_on", {}).items()}


@pytest.mark.parametrize("graph", ["star", "chain"])
@pytest.mark.parametrize("whole", [False, True])
def test_the_spec_and_the_compose_file_say_the_same(graph: str, whole: bool) -> None:
    files = {f"specs/{name}": text for name, text in shapes.specs(5, graph, whole=whole).items()}
    outcome = compiled_text(files["specs/prod.yaml"], files)
    (compiled,) = [one for one in outcome.compiled if one.target.name == "compose"]
    ours = said(compiled.bundle.texts["docker-compose.yml"])
    theirs = said(shapes.compose(5, graph))
    assert set(ours) - set(theirs) == ({"edge", "gate"} if whole else set())
    for name, service in theirs.items():
        for key in ("image", "environment"):
            assert ours[name][key] == service[key]
        assert order(ours[name]) == order(service)
        assert ours[name]["healthcheck"]["test"] == service["healthcheck"]["test"]
        assert float(ours[name]["deploy"]["resources"]["limits"]["cpus"]) == 0.5
    older = said(shapes.compose(5, graph, conditions=False))
    assert [one.get("depends_on", []) for one in older.values()] == [list(order(one)) for one in theirs.values()]


@pytest.mark.parametrize("graph", ["star", "chain"])
def test_no_file_of_the_largest_is_larger_than_a_spec_may_be(graph: str) -> None:
    for text in shapes.specs(max(speed.SIZES), graph, whole=True).values():
        assert len(text.encode()) <= MOST_BYTES


def test_a_smoke_run(capsys: pytest.CaptureFixture[str]) -> None:
    tool("docker")
    speed.main(["--rounds", "1", "--sizes", "3"])
    printed = capsys.readouterr().out
    for title in (
        "Nothing has changed",
        "Anew: the committed specs/prod.yaml",
        "Anew: 3 services (star), all targets",
        "Start",
    ):
        assert title in printed
    assert sum(line.startswith("| docker compose config |") for line in printed.splitlines()) == 6
    assert "exponent" in printed
    asked = [line for line in printed.splitlines() if line.startswith(("| Anew: 3 services", "| Start", "| Nothing"))]
    assert len(asked) == 8
    assert "| docker stack config | wall | 0.6 | 1 |" in printed


def test_figures_are_of_pairs_and_fitted(tmp_path: Path) -> None:
    assert ratios([1.0, 2.0, 4.0], [2.0, 2.0, 2.0]) == [0.5, 1.0, 2.0]
    assert exponent([100, 1000], [1.0, 10.0]) == pytest.approx(1)
    assert exponent([10, 100, 1000], [1.0, 100.0, 10000.0]) == pytest.approx(2)
    sleeps = race([Entry("one", ("sleep", "0.2"), tmp_path), Entry("other", ("true",), tmp_path)], 2)
    assert min(sleeps["one"].wall) > 0.2 > min(sleeps["other"].wall)
    with pytest.raises(RuntimeError, match="other ended with 1"):
        race([Entry("one", ("true",), tmp_path), Entry("other", ("false",), tmp_path)], 1)


def test_what_is_named_is_removed_before_each_run(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    race([Entry("one", ("mkdir", "out"), tmp_path, ("out",))], 2)


def test_a_plot_is_one_line_a_program() -> None:
    grown = Growth("star", (3, 100), {name: [Taken(wall=[0.1]), Taken(wall=[2.0])] for name in ("one", "other")})
    drawn = plot(grown)
    assert drawn.count("<polyline") == 2
    assert ">other</text>" in drawn


def test_a_bar_stands_beside_what_was_measured() -> None:
    taken = {"twipc": Taken([1.0, 1.0], [1.0, 1.0], [10.0, 10.0]), "other": Taken([2.0, 4.0], [1.0, 1.0], [5.0, 5.0])}
    bars = (Bar("other", 2, 4), Bar("other", 3.5), Bar("other", 1, of="memory"), Bar("nobody", 1))
    grown = Growth("star", (3, 100, 1000), {"twipc": [Taken(cpu=[1.0]), Taken(cpu=[1.0]), Taken(cpu=[100.0])], "other": []})
    assert list(rows([Table("work", "twipc", taken, bars)], [grown]))[2:] == [
        "| work | other | wall | 2 | 4 | 3.00 |",
        "| work | other | wall | 3.5 |  | **3.00**, not met |",
        "| work | other | memory | 1 |  | **0.50**, not met |",
        "| work | nobody | wall | 1 |  | not run |",
        "| twipc, star, from 100 services on | | exponent | at most 1.1 | | **2.00**, not met |",
    ]

"""What each committed configuration does with every request is what its spec means, read anew by automata of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiling import ROOT, committed, compiled_spec
from twipc.formats.reading import routing_of
from twipc.routes import meant
from twipc.routes.compare import differences
from twipc.routes.table import Site, Table

FILES = [
    path
    for environment in committed()
    for path in sorted((ROOT / "out" / environment).rglob("*.c*f*"))
    if path.name in ("nginx.conf", "haproxy.cfg")
]


def site(table: Table) -> Site:
    return Site("server", {"server": table})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "out").as_posix())
def test_a_committed_configuration_takes_every_request_as_its_spec_means_it(path: Path) -> None:
    model = compiled_spec(path.relative_to(ROOT / "out").parts[0], ("nginx",)).model
    assert model
    means, says = meant.server(model, path.parent.name), routing_of(path.name, path.read_text())
    assert not differences(site(means), site(says))


def test_an_edit_that_sends_a_request_elsewhere_is_told_with_the_shortest_one() -> None:
    path = next(path for path in FILES if path.name == "haproxy.cfg")
    text = path.read_text()
    edited = routing_of(path.name, text.replace("-m beg -- '/styles/'", "-m beg -- '/styl'"))
    assert [each.request.path for each in differences(site(routing_of(path.name, text)), site(edited))] == ["/styl"]

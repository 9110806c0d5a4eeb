"""What is derived from the code is what the code says now."""

from __future__ import annotations

import pytest

from tests import derive


@pytest.mark.parametrize("path", sorted(derive.DERIVED))
def test_a_derived_file_is_fresh(path: str) -> None:
    assert (derive.ROOT / path).read_text() == derive.DERIVED[path](), "run ./test --update and read the diff"


def test_the_output_of_the_committed_specs_is_fresh() -> None:
    stale = [path for path in derive.stale() if path.startswith("out/")]
    assert not stale, "run ./test --update and read the diff"

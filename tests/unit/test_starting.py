"""A start that is made cheaper does what it would do."""

from __future__ import annotations

import subprocess
import sys

import pytest

METADATA = (
    "from twipc.starting import defer_modules; defer_modules(); import sys; from importlib.metadata import entry_points; "
)
READ = "import importlib.metadata as now; assert now.__file__ and now is sys.modules[now.__name__]"
DEEP = """
import resource
from twipc.starting import make_room
def last():
    pass
def call():
    last()
def down(depth):
    if depth:
        return down(depth - 1)
    for _ in range(20):
        call()
def run():
    for depth in range(400):
        down(depth)
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
crowded = faults()
make_room(run)
faults()
print(crowded, faults())
"""


def ran(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


def test_metadata_is_imported_when_it_is_used() -> None:
    ran(METADATA + "assert 'email.message' not in sys.modules")


@pytest.mark.parametrize(
    "use",
    [
        "assert entry_points(group='console_scripts')",
        "from importlib.metadata import version; assert version('click')",
        "import importlib.metadata; assert importlib.metadata.version('click')",
        "from importlib import metadata; assert metadata.version('click')",
        "from importlib.metadata._meta import SimplePath; from importlib.metadata import version; assert version('click')",
    ],
)
def test_who_uses_metadata_gets_the_real_module(use: str) -> None:
    ran(f"{METADATA}{use}; {READ}")


def test_a_deferred_module_is_as_it_was_to_who_uses_it() -> None:
    ran(f"{METADATA}import tempfile as deferred, tempfile; deferred.gettempdir(); assert 'shutil' in sys.modules")
    ran(f"{METADATA}from tempfile import gettempdir; gettempdir(); import tempfile; assert tempfile.__file__")


def test_metadata_that_is_there_already_stays() -> None:
    ran("import importlib.metadata as it, twipc.starting as on, sys; on.defer_modules(); assert sys.modules[it.__name__] is it")


def test_calls_beside_a_large_frame_need_no_memory_of_their_own() -> None:
    crowded, roomy = map(int, ran(DEEP).split())
    assert crowded > 300
    assert roomy < 30

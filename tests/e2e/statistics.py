"""What haproxy's statistics say of its members."""

from __future__ import annotations

import csv
import time
from base64 import b64encode

from tests.e2e.lab import Lab

PORT = 1936


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def members(lab: Lab, password: str, backend: str) -> dict[str, int]:
    """Who is up in a backend, by name, and how many requests each was sent so far."""
    text = lab.ask("/;csv", PORT, to="127.0.0.1", headers=basic("stats", password)).text
    rows = csv.DictReader(text.removeprefix("# ").splitlines())
    of_it = [row for row in rows if row["pxname"] == backend and row["svname"] not in ("FRONTEND", "BACKEND")]
    return {row["svname"]: int(row["stot"]) for row in of_it if row["status"].startswith("UP")}


def until_it_has(lab: Lab, password: str, backend: str, count: int, seconds: float = 5) -> dict[str, int]:
    """The members as soon as so many of them are up, and have all been sent something."""
    end = time.monotonic() + seconds
    while True:
        found = members(lab, password, backend)
        if len(found) == count and all(found.values()):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.1)

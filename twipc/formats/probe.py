"""The command that asks a service's health over HTTP, for every target that runs one in the container.

Its reader is `twipc.target.probe`, which shares no code with it.
"""

from __future__ import annotations

from twipc.spec import HttpHealth

_CLIENTS = {"curl": ["curl", "-fsS", "-o", "/dev/null"], "wget": ["wget", "-q", "-O", "/dev/null"]}


def http_probe(http: HttpHealth, number: int) -> list[str]:
    # 127.0.0.1, not localhost: that may be ::1, where nobody listens.
    return [*_CLIENTS[http.client], f"http://127.0.0.1:{number}{http.path}"]

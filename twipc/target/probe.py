"""Reading a health command: is it one that asks over HTTP?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from twipc.regex import late_regex
from twipc.spec import HttpHealth

_URL = late_regex(r"http://127\.0\.0\.1:([0-9]{1,5})(/[A-Za-z0-9/._~-]*(?:\?[A-Za-z0-9/._~=&-]+)?)")


def recognise(argv: Sequence[str]) -> tuple[HttpHealth, int] | None:
    """The HTTP check that `argv` amounts to and the port's number, or None."""
    client: Literal["curl", "wget"]
    match list(argv):
        case ["curl", "-fsS", "-o", "/dev/null", url]:
            client = "curl"
        case ["wget", "-q", "-O", "/dev/null", url]:
            client = "wget"
        case _:
            return None
    found = _URL.fullmatch(url)
    if not found:
        return None
    return HttpHealth.model_construct(path=found[2], port="", client=client), int(found[1])

"""Which headers can be set on the requests of members: none that tells of one connection, body or client."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from twipc.spec.values import RequestHeader

NAMES: TypeAdapter[str] = TypeAdapter(RequestHeader)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Connection",
            "keep-alive",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "UPGRADE",
        ),
        *("Proxy-Connection", "HTTP2-Settings", "Host", "Content-Length", "Expect", "Forwarded", "Proxy", "X-Real-IP", "Via"),
        *("X-Forwarded-For", "x-forwarded-anything", "If-None-Match", "Range", "Sec-WebSocket-Key", "Cookie", "Authorization"),
        *("X_Env", "X Env", "X-Env:", "", "-X", "X" * 65),
    ],
)
def test_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NAMES.validate_python(name)


@pytest.mark.parametrize("name", ["X-Env", "x", "Accept-Language", "User-Agent", "Iffy", "Secure", "X" * 64])
def test_taken(name: str) -> None:
    assert NAMES.validate_python(name) == name

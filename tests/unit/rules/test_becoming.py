"""An official image that is root as it starts is told where nothing lets it become its own user."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n"
DIGEST = "@sha256:" + "0" * 64
ALL = "CHOWN, DAC_OVERRIDE, SETGID, SETUID"


@pytest.mark.parametrize(
    ("image", "said", "lacking"),
    [
        ("postgres:18", "", ALL),
        ("postgres", "", ALL),
        ("docker.io/postgres:18", "", ALL),
        (f"docker.io/library/postgres:18-alpine{DIGEST}", "", ALL),
        ("library/redis:8", "", ALL),
        ("valkey/valkey:8", "", ALL),
        ("mysql:9", "", ALL),
        ("mariadb:12", "", ALL),
        ("mongo:8", "", ALL),
        ("rabbitmq:4-management", "", ALL),
        ("nginx:1.30", "", "CHOWN, SETGID, SETUID"),
        ("postgres:18", "command: [-c, shared_buffers=1GB]", ALL),
        ("postgres:18", "command: [postgres, -c, shared_buffers=1GB]", ALL),
        ("postgres:18", "capabilities: [CHOWN, SETUID]", "DAC_OVERRIDE, SETGID"),
        ("postgres:18", "capabilities: [SETUID, SETGID, CHOWN, DAC_OVERRIDE, FOWNER]", ""),
        ("postgres:18", 'user: "999:999"', ""),
        ("postgres:18", "entrypoint: [postgres]", ""),
        ("postgres:18", "command: [psql]", ""),
        ("postgres:18", "build: db", ""),
        ("shop/postgres:18", "", ""),
        ("registry.example.com:5000/postgres:18", "", ""),
        ("localhost:5000/postgres", "", ""),
        ("memcached:1", "", ""),
    ],
)
def test_is_told_with_what_it_lacks(image: str, said: str, lacking: str) -> None:
    text = f"{HEAD}  db:\n    image: {image}\n" + (f"    {said}\n" if said else "")
    found = [one for one in compiled_text(text, {"db/Dockerfile": ""}).findings if one.code.id == "TW727"]
    assert [one.message.partition("it lacks ")[2] for one in found] == ([lacking] if lacking else [])


def test_what_is_written_as_the_help_says_is_not_told_again() -> None:
    """The rights that a service has stay in the list that the help writes."""
    text = f"{HEAD}  db:\n    image: mysql:9\n    capabilities: [NET_BIND_SERVICE]\n"
    (told,) = [one for one in compiled_text(text).findings if one.code.id == "TW727"]
    assert told.help is not None
    written = told.help.rpartition("write `")[2].rpartition("`")[0]
    assert written == "capabilities: [CHOWN, DAC_OVERRIDE, NET_BIND_SERVICE, SETGID, SETUID]"
    mended = text.replace("capabilities: [NET_BIND_SERVICE]", written)
    assert "TW727" not in compiled_text(mended).codes


def test_a_server_of_the_language_has_a_user_already() -> None:
    edge = '  edge: {http: {engine: {name: nginx, version: "1.30"}, listen: 8080, default: {status: 404}}}\n'
    assert "TW727" not in compiled_text(HEAD + edge).codes

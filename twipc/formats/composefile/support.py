"""What no dialect can say of secrets: they come as files."""

from __future__ import annotations

from twipc.target import STATS_USE, Answer, Approximate, Asked, Exact, Outside, When, codes

_WHY = "secrets come as files here, never as variables"


def _holds_secret(asked: Asked) -> bool:
    return any(kind == "secret" for kind, _ in asked.value.values())


def _without_secrets(asked: Asked) -> object:
    return {name: value for name, value in asked.value.items() if value[0] != "secret"}


def _of_stats(asked: Asked) -> bool:
    return asked.key.owner[1] == STATS_USE


ENV: Answer = When(
    "a variable holds a secret",
    _holds_secret,
    then=Approximate(_without_secrets, _WHY, codes.SECRET_LOST),
    otherwise=Exact(),
)
SECRET_PLACE: Answer = When(
    "a proxy reads it", _of_stats, then=Exact(), otherwise=Outside("the variable that holds it is lost, and says so")
)

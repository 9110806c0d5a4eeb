"""What looks like a secret, covered: what is told ends up in logs."""

from __future__ import annotations

from twipc.spec.secrecy import looks_secret


class _Covered(str):
    """What is shown of a secret: `…`; by its `repr` it is another than that of another secret."""

    __slots__ = ("_secret",)
    _secret: str

    def __new__(cls, secret: str) -> _Covered:
        covered = super().__new__(cls, "…")
        covered._secret = secret
        return covered

    def __repr__(self) -> str:
        return repr(self._secret)


def covered(value: object, name: str = "") -> object:
    """The same without what looks like a secret: what is told ends up in logs."""
    match value:
        case ("a", "secret") | ("secret", ""):
            return value
        case ("value", str(text)):
            return ("value", covered(text, name))
        case str():
            return _Covered(value) if looks_secret(("env", name), value) else value
        case dict():
            return {key: covered(said, str(key)) for key, said in value.items()}
        case tuple() | list():
            before = ("", *(one if isinstance(one, str) else "" for one in value))
            rows = [
                _Covered(one) if isinstance(one, str) and looks_secret(("command", at), one, word) else covered(one, name)
                for at, (one, word) in enumerate(zip(value, before, strict=False))
            ]
            return type(value)(rows)
    return value

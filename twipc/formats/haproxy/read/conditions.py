"""What the acls of a route ask for."""

from __future__ import annotations

from twipc.formats.routes import glob_of


def test(words: tuple[str, ...]) -> tuple[str, str, str]:
    """(what is asked, match method, pattern) of an acl."""
    if words[1:2] == ("-m",) and len(words) == 5 and words[3] == "--":
        return words[0], words[2], words[4]
    return "unknown", "", " ".join(words)


def conditions(acls: list[list[tuple[str, str, str]]]) -> tuple[object, ...]:
    """The hosts and methods that a route asks for besides its path; nothing, if it asks for none."""
    hosts: list[str] = []
    methods: list[str] = []
    for tests in acls:
        kinds = {(of, method) for of, method, _ in tests}
        if kinds <= {("var(txn.host)", "str"), ("var(txn.host)", "end")} and not hosts:
            hosts = [f"*{text}" if method == "end" else text for _, method, text in tests]
        elif kinds == {("method", "str")} and not methods:
            methods = [text for _, _, text in tests]
        else:
            return (tuple(map(tuple, acls)),)
    return ((tuple(hosts), tuple(methods)),) if acls else ()


def matches(tests: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """What a route's acls amount to; `str /a` followed by `beg /a/` is the prefix `/a`."""
    found: list[tuple[str, str]] = []
    for of, method, text in tests:
        if of != "var(txn.path)":
            found.append((of, f"{method} {text}"))
        elif method == "str":
            found.append(("exact", text))
        elif method == "beg" and found and found[-1] == ("exact", text.removesuffix("/")) and text.endswith("/"):
            found[-1] = ("prefix", text.removesuffix("/"))
        elif method == "beg" and text.endswith("/"):
            found.append(("prefix", text))
        elif method == "reg" and (path := glob_of(text)) is not None:
            found.append(("glob" if "*" in path else "exact", path))
        else:
            found.append((method, text))
    return found

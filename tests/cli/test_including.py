"""`twipc routes` of a configuration of nginx in several files: what is included stands where it is named."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli import Ran, run

MAIN = "events {}\nhttp {\n    include mime.types;\n    include conf.d/*.conf;\n    include sites-enabled/*;\n}\n"
SHOP = "server {\n    listen 80;\n    server_name shop.example;\n    include snippets/deny.conf;\n    return 201;\n}\n"
NO_HTTP = "which has no `http` of its own: what it does with requests is left open"


def lay(root: Path, **files: str) -> Path:
    """Files by their names, with `__` for a slash."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A configuration as Debian has it."""
    etc = tmp_path / "etc"
    lay(etc, **{"nginx.conf": MAIN, "sites-available__shop": SHOP, "conf.d__b.conf": "server { listen 80; return 202; }\n"})
    lay(etc, **{"snippets__deny.conf": "# why\nif ($host = a.example) { return 403; }\n", "conf.d__notes.txt": "no nginx"})
    (etc / "sites-enabled").mkdir()
    (etc / "sites-enabled" / "shop").symlink_to("../sites-available/shop")
    return tmp_path


def rows(ran: Ran) -> list[tuple[str, str]]:
    """(where, where to) of each rule of the one table."""
    (table,) = json.loads(ran.out)["tables"]
    return [(rule["at"], *rule["leads"]) for rule in table["rules"]]


def table(at: Path, name: str = "etc/nginx.conf") -> list[tuple[str, str]]:
    ran = run("routes", name, "--format", "json", at=at)
    assert ran.code == 0, ran.out + ran.err
    return rows(ran)


def served(root: Path, text: str, **files: str) -> list[tuple[str, str]]:
    """The table of a main file whose one server says this."""
    lay(root, **{"nginx.conf": f"events {{}}\nhttp {{ server {{ listen 80;\n{text}\n}} }}\n"}, **files)
    return table(root, "nginx.conf")


def test_each_rule_names_the_file_that_it_stands_in(root: Path) -> None:
    assert table(root)[:4] == [
        ("etc/snippets/deny.conf:2", "status 403"),
        ("etc/sites-enabled/shop:5", "status 201"),
        ("etc/sites-enabled/shop:1", "files html"),
        ("etc/conf.d/b.conf:1", "status 202"),
    ]
    assert run("routes", "nginx.conf", at=root / "etc").out.splitlines()[2].split()[0] == "snippets/deny.conf:2"
    (step,) = json.loads(
        run("routes", "explain", "etc/nginx.conf", "http://shop.example/", "--format", "json", at=root).out,
    )["steps"]
    assert (step["at"], step["leads"]) == ("etc/sites-enabled/shop:5", "status 201")
    told = json.loads(run("routes", "etc/nginx.conf", "--format", "json", at=root).out)
    assert told["findings"] == []


def test_names_are_of_the_folder_of_the_main_file_in_included_files_too(root: Path) -> None:
    lay(root / "etc", **{"sites-available__snippets__deny.conf": "return 418;", "conf.d__snippets__deny.conf": "return 418;"})
    assert "status 418" not in {leads for _, leads in table(root)}
    lay(root / "etc", **{"nginx.conf": MAIN.replace("sites-enabled/*", f"{root}/etc/sites-enabled/*")})
    assert ("etc/sites-enabled/shop:5", "status 201") in table(root)
    alias = root / "alias"
    alias.symlink_to("etc")
    assert ("alias/sites-enabled/shop:5", "status 201") in table(root, "alias/nginx.conf")


def test_files_come_by_the_bytes_of_their_names(tmp_path: Path) -> None:
    names = ("B", "a", "10", "9", "é", "_", "a-b")
    files = {f"x__{name}.conf": f"location ~ /{name.encode().hex()} {{ return 200; }}" for name in names}
    found = served(tmp_path, "include x/*.conf;", **files, **{"x__.hidden.conf": "return 418;"})
    by_bytes = sorted((f"x/{name}.conf:1" for name in names), key=os.fsencode)
    assert [at for at, _ in found if at.startswith("x/")] == by_bytes


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("x/[a-b].conf", ["x/a.conf", "x/b.conf"]),
        ("x/[!a].conf", ["x/b.conf"]),
        ("x/[^a].conf", ["x/b.conf"]),
        ("x/?.conf", ["x/a.conf", "x/b.conf"]),
        ("x/.*.conf", ["x/.c.conf"]),
        ("*/a.conf", ["x/a.conf", "y/a.conf"]),
        ("./x//*.conf", ["x/a.conf", "x/b.conf"]),
        ("nothing/*.conf", []),
        ("x/[z-a].conf", []),
        ("x/a.conf/*", []),
    ],
)
def test_a_pattern_finds_what_glob_does(tmp_path: Path, pattern: str, names: list[str]) -> None:
    files = {f"{name}.conf": f"location /{name} {{ return 200; }}" for name in ("x__a", "x__b", "x__.c", "y__a")}
    found = [at.partition(":")[0] for at, _ in served(tmp_path, f'include "{pattern}";', **files)]
    assert [name for name in found if name != "nginx.conf"] == names


def test_what_is_open_in_an_included_file_is_named_with_it(tmp_path: Path) -> None:
    found = served(tmp_path, "include a.conf;", **{"a.conf": "\nlocation / { try_files $uri @x; }\n"})
    assert ("a.conf:2", "not understood `try_files`, line 2 of a.conf") in found


def test_an_included_file_is_compared_with_what_stands_in_place(tmp_path: Path) -> None:
    served(tmp_path, "include a.conf;", **{"a.conf": "location /a { return 403; }", "b.conf": ""})
    one = "events {} http { server { listen 80; location /a { return 403; } } }"
    lay(tmp_path, **{"one.conf": one})
    assert run("routes", "diff", "nginx.conf", "one.conf", at=tmp_path).code == 0
    lay(tmp_path, **{"a.conf": "location /b { return 403; }"})
    ran = run("routes", "diff", "nginx.conf", "one.conf", at=tmp_path)
    assert (ran.code, "a.conf:1" in ran.out) == (1, True)


def test_the_same_line_that_is_open_is_the_same_in_the_same_files_alone(tmp_path: Path) -> None:
    for name, text in (("one", "if ($arg_a) { return 403; }"), ("two", "if ($arg_b) { return 403; }")):
        served(tmp_path / name, "include a.conf;", **{"a.conf": f"location / {{ {text} }}"})
    assert run("routes", "diff", "one/nginx.conf", "two/nginx.conf", at=tmp_path).code == 1
    assert run("routes", "diff", "one/nginx.conf", "one/nginx.conf", at=tmp_path).code == 0


@pytest.mark.parametrize(
    ("text", "files", "said"),
    [
        ("\ninclude a/b.conf;", {}, "nginx.conf:4:1: error[TW730]: there is no file `a/b.conf`, and nginx does not start"),
        ("include a;", {"a__b.conf": ""}, "nginx.conf:3:1: error[TW730]: there is no file `a`"),
        ("include a.conf;", {"a.conf": "\ninclude b.conf;"}, "a.conf:2:1: error[TW730]: there is no file `b.conf`"),
        (
            "include a.conf;",
            {"a.conf": "include a.conf;"},
            "a.conf:1:1: error[TW731]: `a.conf` includes itself: a.conf → a.conf",
        ),
        ("include a.conf;", {"a.conf": "include b.conf;", "b.conf": "include ./a.conf;"}, "a.conf → b.conf → a.conf"),
        ("include *.conf;", {}, "nginx.conf:3:1: error[TW731]: `nginx.conf` includes itself"),
        ("include a.conf;", {"a.conf": "#" * 1_048_577}, "nginx.conf:3:1: error[TW732]: what is included comes to over 8 MiB"),
    ],
)
def test_what_nginx_does_not_start_with_is_told(tmp_path: Path, text: str, files: dict[str, str], said: str) -> None:
    lay(tmp_path, **{"nginx.conf": f"events {{}}\nhttp {{ server {{ listen 80;\n{text}\n}} }}\n"}, **files)
    ran = run("routes", "nginx.conf", "--format", "concise", at=tmp_path)
    assert ran.code == 1
    assert said in ran.out
    (told,) = run("routes", "nginx.conf", "--format", "json", at=tmp_path).findings
    assert told["help"]


def test_a_link_to_nothing_is_told_and_one_that_leads_out_is_left_open(root: Path) -> None:
    link = root / "etc" / "sites-enabled" / "shop"
    link.unlink()
    link.symlink_to("../sites-available/gone")
    ran = run("routes", "etc/nginx.conf", "--format", "concise", at=root)
    assert (ran.code, "etc/nginx.conf:5:1: error[TW730]: there is no file `etc/sites-enabled/shop`" in ran.out) == (1, True)
    lay(root, secret="server { listen 80; return 418; }")
    for to in (root / "secret", root / "gone"):
        link.unlink()
        link.symlink_to(to)
        ran = run("routes", "etc/nginx.conf", "--format", "json", at=root)
        assert ("etc/nginx.conf:5", "not understood `include`, line 5") in rows(ran)
        assert ("etc/conf.d/b.conf:1", "status 202") in rows(ran)
        (told,) = ran.findings
        assert (told["code"], f"is a link to {to}, out of the folder" in told["message"]) == ("TW733", True)
    (root / "etc" / "conf.d").rename(root / "elsewhere")
    (root / "etc" / "conf.d").symlink_to("../elsewhere")
    ran = run("routes", "etc/nginx.conf", at=root)
    why = f"etc/nginx.conf: it has no `server`; `conf.d/*.conf` is a link to {root}/elsewhere, out of the folder of the conf"
    assert (ran.code, why in ran.err, ran.err.endswith("into its folder and name it from there\n")) == (2, True, True)


@pytest.mark.parametrize(
    "word", ["/srv/shared/*.conf", "../other/a.conf", "../*/a.conf", "x/../../a.conf", "/etc/nginx/a.conf"]
)
def test_what_lies_elsewhere_is_left_open(tmp_path: Path, word: str) -> None:
    lay(tmp_path, other__a_conf="return 418;")
    (tmp_path / "other" / "a_conf").rename(tmp_path / "other" / "a.conf")
    found = served(tmp_path / "nginx", f"include {word};\nlocation /a {{ return 200; }}")
    assert found[0] == ("nginx.conf:3", "not understood `include`, line 3")
    ran = run("routes", "nginx.conf", at=tmp_path / "nginx")
    assert (ran.code, f"`{word}` lies outside of the folder of the configuration" in ran.out) == (0, True)
    assert "help: ask for the main file where nginx has it" in ran.out


COPY = "events {}\nhttp {\ninclude /etc/nginx/mime.types;\ninclude /etc/nginx/conf.d/*.conf;\n%s}\n"
TAKEN = "`/etc/nginx` is taken for the folder of `etc/nginx.conf`: what is included from there is read here"


def test_a_copy_of_the_folder_is_read_in_its_place_and_that_is_told(root: Path) -> None:
    link = root / "etc" / "sites-enabled" / "shop"
    link.unlink()
    link.symlink_to("/etc/nginx/sites-available/shop")
    lay(root / "etc", **{"nginx.conf": COPY % "include /etc/nginx/./sites-enabled/*;\n"})
    lay(root / "etc", **{"sites-available__shop": SHOP.replace("snippets", "/etc/nginx/snippets")})
    wanted = [
        ("etc/snippets/deny.conf:2", "status 403"),
        ("etc/sites-enabled/shop:5", "status 201"),
        ("etc/sites-enabled/shop:1", "files html"),
        ("etc/conf.d/b.conf:1", "status 202"),
    ]
    ran = run("routes", "etc/nginx.conf", "--format", "json", at=root)
    assert rows(ran)[:4] == wanted
    assert [(one["code"], one["span"]["line"], one["message"]) for one in ran.findings] == [("TW734", 4, TAKEN)]
    assert "ask on the machine of that nginx" in ran.findings[0]["help"]
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a@a.example", "commit", "-qm", "a")):
        subprocess.run(("git", *words), cwd=root, check=True, capture_output=True)
    (root / "etc" / "sites-available" / "shop").unlink()
    ran = run("routes", "etc/nginx.conf@HEAD", "--format", "json", at=root)
    assert [(at.replace("@HEAD", ""), leads) for at, leads in rows(ran)[:4]] == wanted
    assert [one["code"] for one in ran.findings] == ["TW734"]
    ran = run("routes", "etc/nginx.conf", "--format", "json", at=root)
    assert [one["code"] for one in ran.findings] == ["TW734", "TW733"]
    assert "`etc/sites-enabled/shop` lies outside of the folder" in ran.findings[1]["message"]


@pytest.mark.parametrize(
    ("word", "files", "told"),
    [
        ("/etc/nginx/conf.d/*.conf", {"conf.d__keep": ""}, []),
        ("/etc/nginx/conf.d/*.conf", {}, ["TW733"]),
        ("/etc/nginx/a.conf", {"b.conf": ""}, ["TW733"]),
        ("/usr/local/nginx/conf/a.conf", {"a.conf": "location /a { return 201; }"}, ["TW734"]),
        ("/usr/local/etc/nginx/*.cnf", {"a.cnf": "location /a { return 201; }"}, ["TW734"]),
        ("/etc/nginx/../a.conf", {"a.conf": ""}, ["TW733"]),
        ("/etc/nginx-2/a.conf", {"a.conf": ""}, ["TW733"]),
        ("/etc/nginx", {"a.conf": ""}, ["TW733"]),
        ("/etc/nginx/", {"a.conf": ""}, ["TW733"]),
    ],
)
def test_what_a_copy_does_not_have_is_left_open(tmp_path: Path, word: str, files: dict[str, str], told: list[str]) -> None:
    found = served(tmp_path, f"include {word};\nlocation / {{ return 200; }}", **files)
    open_ = ("nginx.conf:3", "not understood `include`, line 3")
    assert (open_ in found) == ("TW733" in told)
    assert [leads for at, leads in found if not at.startswith("nginx")] == ["status 201"] * ("TW734" in told)
    assert run("routes", "nginx.conf", "--format", "json", at=tmp_path).codes == told


def test_a_link_in_a_copy_that_leads_to_itself_ends(root: Path) -> None:
    link = root / "etc" / "sites-enabled" / "shop"
    link.unlink()
    link.symlink_to("/etc/nginx/sites-enabled/shop")
    ran = run("routes", "etc/nginx.conf", "--format", "json", at=root)
    assert (ran.code, [one["code"] for one in ran.findings]) == (0, ["TW733"])


def test_a_file_that_others_include_is_in_no_copy(tmp_path: Path) -> None:
    lay(tmp_path, **{"site.conf": "server { listen 80; include /etc/nginx/a.conf; }", "a.conf": "return 403;"})
    assert run("routes", "site.conf", "--format", "json", at=tmp_path).codes == ["TW733"]


@pytest.mark.parametrize("word", ["x/[[:alpha:]].conf", r"x/\\*.conf", "*/../x.conf", "x/*/.."])
def test_a_pattern_that_is_more_than_one_is_left_open(tmp_path: Path, word: str) -> None:
    assert served(tmp_path, f'include "{word}";')[0][1] == "not understood `include`, line 3"
    ran = run("routes", "nginx.conf", at=tmp_path)
    assert "is a pattern with more than `*`, `?` and `[…]` in it: what it does with requests is left open" in ran.out
    assert "help: write it with these alone" in ran.out


def test_what_one_may_not_read_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    served(tmp_path, "include a.conf;", **{"a.conf": "return 418;"})
    monkeypatch.setattr("twipc.cli.beside.content_of", refused)
    ran = run("routes", "nginx.conf", at=tmp_path)
    assert (ran.code, "not understood `include`, line 3" in ran.out) == (0, True)
    assert "`a.conf` cannot be read: Permission denied: what it does with requests is left open" in ran.out
    assert "help: ask as somebody who may read it" in ran.out


def test_files_that_choose_nothing_are_passed_over_where_they_are_not_and_read_where_they_are(tmp_path: Path) -> None:
    found = served(tmp_path, "include /etc/nginx/mime.types;\ninclude fastcgi_params;\ninclude proxy_params;\nreturn 200;")
    assert found[0] == ("nginx.conf:6", "status 200")
    assert served(tmp_path, "include proxy_params;", proxy_params="return 403;")[0] == ("proxy_params:1", "status 403")


def test_a_file_that_others_include_is_told_of_nginx_as_a_whole(tmp_path: Path) -> None:
    lay(tmp_path, **{"site.conf": "server { listen 80;\ninclude snippets/a.conf;\ninclude b*.conf;\nreturn 200; }"})
    ran = run("routes", "site.conf", "--format", "json", at=tmp_path)
    assert rows(ran)[:2] == [(f"site.conf:{line}", f"not understood `include`, line {line}") for line in (2, 3)]
    assert [(one["code"], one["span"]["line"], NO_HTTP in one["message"]) for one in ran.findings] == [
        ("TW733", 2, True),
        ("TW733", 3, True),
    ]
    lay(tmp_path, **{"snippets__a.conf": "return 403;", "b.conf": ""})
    assert table(tmp_path, "site.conf")[0] == ("snippets/a.conf:1", "status 403")


@pytest.mark.parametrize(
    ("values", "files", "said"),
    [
        ("map $host $x {\ninclude a.map; }", {}, "nginx.conf:3:1: error[TW730]: there is no file `a.map`"),
        ("geo $x {\ninclude a.map; }", {}, "nginx.conf:3:1: error[TW730]: there is no file `a.map`"),
        ("types {\ninclude a.map; }", {}, "nginx.conf:3:1: error[TW730]: there is no file `a.map`"),
        (
            "map $host $x {\ninclude a.map; }",
            {"a.map": "b 1;\ninclude c.map;"},
            "a.map:2:1: error[TW730]: there is no file `c.map`",
        ),
        ("map $host $x { include a.map; }", {"a.map": "include ./a.map;"}, "a.map:1:1: error[TW731]: `a.map` includes itself"),
    ],
)
def test_what_nginx_does_not_start_with_is_told_of_values_too(
    tmp_path: Path, values: str, files: dict[str, str], said: str
) -> None:
    lay(tmp_path, **{"nginx.conf": f"events {{}}\nhttp {{ {values} server {{ listen 80; return 200; }} }}\n"}, **files)
    assert said in run("routes", "nginx.conf", "--format", "concise", at=tmp_path).out


def test_values_are_read_and_choose_nothing(tmp_path: Path) -> None:
    """Of many, and of what lies elsewhere, nothing is said: what asks for the variable is open anyhow."""
    values = (
        "map $host $x { include a.map; include /srv/b.map; }\ngeo $y { include geo/*; include 2.geo; }\ntypes { include t; }\n"
    )
    files = {"a.map": "return 403;\nlocation 1;\n", "geo__1": "10.0.0.0/8 1;\n" * 90_000, "t": "text/x server if;\n"}
    files |= {"2.geo": "".join(f"include {n}.geo;\n" for n in [3] * 9), "3.geo": "10.0.0.0/8 1;\n" * 70_000}
    for says in ("return 200;", "if ($x) { return 403; } return 200;"):
        lay(tmp_path, **{"nginx.conf": f"events {{}}\nhttp {{ {values} server {{ listen 80;\n{says} }} }}\n"}, **files)
        ran = run("routes", "nginx.conf", "--format", "json", at=tmp_path)
        assert (ran.code, ran.findings) == (0, [])
        assert rows(ran)[-2:][0][1] == "status 200"


def test_what_comes_twice_over_comes_to_an_end(tmp_path: Path) -> None:
    files = {f"{n}.conf": f"include {n + 1}.conf;" * 2 for n in range(18)}
    lay(tmp_path, **{"nginx.conf": "events {} http { server { listen 80; include 0.conf; } }", "18.conf": ""}, **files)
    ran = run("routes", "nginx.conf", "--format", "concise", at=tmp_path)
    assert (ran.code, "error[TW732]: what is included comes to over 8 MiB" in ran.out) == (1, True)


def test_blocks_in_blocks_are_counted_through_all_files(tmp_path: Path) -> None:
    files = {f"{n}.conf": f"{'location /a { ' * 20}include {n + 1}.conf;{' }' * 20}" for n in range(3)}
    lay(tmp_path, **{"nginx.conf": "events {} http { server { listen 80; include 0.conf; } }", "3.conf": ""}, **files)
    ran = run("routes", "nginx.conf", at=tmp_path)
    assert (ran.code, "nginx.conf: line 1 of 2.conf: over 50 blocks in one another" in ran.err) == (2, True)


@pytest.mark.parametrize("text", ["server {", "}", "return 'a;", "\ufeffreturn 200;", "include ;;"])
def test_a_mistake_in_an_included_file_names_it(tmp_path: Path, text: str) -> None:
    lay(tmp_path, **{"nginx.conf": "events {} http { include a.conf; server { listen 80; } }", "a.conf": text})
    ran = run("routes", "nginx.conf", at=tmp_path)
    assert (ran.code, "nginx.conf: in a.conf: " in ran.err) == (2, True)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    lay(tmp_path, **{"nginx.conf": "events {} http { include a.conf; }"})
    (tmp_path / "a.conf").write_bytes("server { listen 80; location /café { return 404; } }".encode("latin-1"))
    ran = run("routes", "nginx.conf", at=tmp_path)
    assert (ran.code, "the file is no UTF-8 text" in ran.err) == (2, True)


def test_a_revision_has_its_own_files(root: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@a.example")
        subprocess.run(("git", *who, *words), cwd=root, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    before = [("etc/sites-enabled/shop@HEAD:5", "status 201"), ("etc/snippets/deny.conf@HEAD:2", "status 403")]
    lay(root / "etc", **{"sites-available__shop": SHOP.replace("201", "204"), "conf.d__c.conf": "server { listen 80; }"})
    assert set(before) <= set(table(root, "etc/nginx.conf@HEAD"))
    assert not [at for at, _ in table(root, "etc/nginx.conf@HEAD") if "c.conf" in at]
    ran = run("routes", "diff", "etc/nginx.conf@HEAD", "etc/nginx.conf", at=root)
    assert (ran.code, "etc/sites-enabled/shop@HEAD:5" in ran.out) == (1, True)
    (root / "etc").rename(root / "gone")
    assert set(before) <= set(table(root, "etc/nginx.conf@HEAD"))
    (root / "gone").rename(root / "etc")
    (root / "etc" / "snippets" / "deny.conf").unlink()
    git("commit", "-qam", "second")
    ran = run("routes", "etc/nginx.conf@HEAD", "--format", "concise", at=root)
    assert "etc/sites-enabled/shop@HEAD:4:1: error[TW730]: there is no file `etc/snippets/deny.conf`" in ran.out
    (root / "etc" / "sites-enabled" / "shop").unlink()
    for name, to in (("a", "../../out.conf"), ("b", "/srv/b"), ("c", "../sites-available/c")):
        (root / "etc" / "sites-enabled" / name).symlink_to(to)
    lay(root / "etc", **{"sites-available__c": "server { listen 80; server_name c.example; return 203; }"})
    git("add", ".")
    git("commit", "-qm", "third")
    ran = run("routes", "etc/nginx.conf@HEAD", "--format", "json", at=root)
    assert ("etc/sites-enabled/c@HEAD:1", "status 203") in rows(ran)
    out = "out of the folder of the configuration"
    assert [(one["span"]["file"], one["message"].partition(out)[0]) for one in ran.findings] == [
        ("etc/nginx.conf@HEAD", "`etc/sites-enabled/a` is a link "),
        ("etc/nginx.conf@HEAD", "`etc/sites-enabled/b` is a link to /srv/b, "),
    ]

"""What the files bring that a configuration includes: the table is held against nginx, which reads the same folder."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest

from tests.cli import run as cli
from tests.conformance.live import Request, Scenario, Step, Wait, nginx_accepts, run
from tests.conformance.test_foreign_routes import NGINX, PORT
from twipc.cli.session import Session
from twipc.cli.siding import side
from twipc.routes.cases import Case
from twipc.routes.follow import taken

FOLDER = "/etc/nginx"
UP = f"server {{ listen {PORT}; server_name up.example; return 200; }}"
ORDER = ("B", "a", "10", "9", "_", "a-b", "é")
"""Names of files, of which a locale would make another order than their bytes do."""
SITES = {
    "nginx.conf": NGINX
    % f"include {FOLDER}/mime.types;\ninclude conf.d/*.conf;\ninclude {FOLDER}/sites-enabled/*;\ninclude no/*;",
    "conf.d/zz.conf": f"server {{ listen {PORT}; server_name z.example; return 410; }}\n{UP}\n",
    # The first by its bytes, and so the default of the port.
    "conf.d/Z.conf": f"server {{\n listen {PORT};\n server_name a.example;\n include snippets/closed.conf;\n"
    " include snippets/regex/*.conf;\n location / { return 411; }\n}\n",
    "conf.d/.hidden.conf": f"server {{ listen {PORT}; server_name a-hidden.example; return 418; }}\n",
    "conf.d/old.conf.bak": "no nginx at all",
    "sites-enabled/shop": f"server {{ listen {PORT}; server_name shop.example *.shop.example;\n"
    "include ./snippets/all.conf; }\n",
    "snippets/closed.conf": "if ($request_method = DELETE) { return 405; }\nlocation = /closed { return 403; }\n",
    # Of nginx's folder, not of that of the file which says it.
    "snippets/all.conf": "include snippets/closed.conf;\nlocation ~ ^/x { return 420; }\nlocation /x { return 421; }\n",
    "snippets/snippets/closed.conf": "return 418;\n",
    **{
        f"snippets/regex/{name}.conf": f"location ~ ^/r[0-9]*{number} {{ return {430 + number}; }}\n"
        for number, name in enumerate(ORDER)
    },
}
HOSTS = ("a.example", "z.example", "shop.example", "x.shop.example", "a-hidden.example", "nobody.example")
PATHS = (
    "/",
    "/closed",
    "/closed/",
    "/x",
    "/y",
    *(f"/r{one}" for one in range(len(ORDER))),
    *(f"/r{one}{other}" for one, other in combinations(range(len(ORDER)), 2)),
)
REFUSED = {
    "TW730": ({"nginx.conf": "include absent.conf;"}, "No such file"),
    "TW730 of a folder": ({"nginx.conf": "include conf.d;", "conf.d/a.conf": ""}, "Is a directory"),
    "TW730 of a folder that a pattern finds": ({"nginx.conf": "include conf.*;", "conf.d/a.conf": ""}, "Is a directory"),
    # Of a circle nginx 1.31 says nothing: it ends by SIGSEGV.
    "TW731": ({"nginx.conf": "include a.conf;", "a.conf": "include b.conf;", "b.conf": "include a.conf;"}, ""),
    **{
        f"TW730 in {block}": ({"nginx.conf": f"{block} {{ include absent; }}"}, "No such file")
        for block in ("map $host $x", "geo $x", "types")
    },
    "TW731 of values": ({"nginx.conf": "map $host $x { include a; }", "a": "include a;"}, ""),
    "TW731 of the main file": ({"nginx.conf": "include nginx.con?;"}, "not allowed here"),
}
"""Files beside a configuration that starts without them, and why nginx does not with them."""


def lay(folder: Path, files: Mapping[str, str]) -> str:
    """The same files in a folder of this machine."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(f"{FOLDER}/sites", f"{folder}/sites"))
    return str(folder / "nginx.conf")


def test_nginx_does_what_the_table_of_all_its_files_says(tmp_path: Path) -> None:
    site = side(Session("text", strict=False, colour="never"), f"{lay(tmp_path, SITES)}:{PORT}").site
    asked = [(method, host, path) for method in ("GET", "DELETE") for host in HOSTS for path in PATHS]
    wanted = [str(taken(site, Case("http", method, host), path.encode())) for method, host, path in asked]
    assert len(set(wanted)) == len(ORDER) + 6
    steps: tuple[Step, ...] = (
        Wait(Request("/", port=PORT, host="up.example")),
        *(Request(path, method, PORT, host) for method, host, path in asked),
    )
    report = run(Scenario("nginx", {f"{FOLDER}/{name}": text for name, text in SITES.items()}, steps, {}))
    assert report.exit_code is None, report.stderr
    got = [f"status {answer.status}" for answer in report.answers]
    # What no location takes is a file that is not there.
    assert dict(zip(asked, got, strict=True)) == dict(
        zip(asked, ("status 404" if one.startswith("files") else one for one in wanted), strict=True)
    )


@pytest.mark.parametrize("scene", REFUSED)
def test_nginx_does_not_start_with_what_is_told_as_an_error(scene: str, tmp_path: Path) -> None:
    files = {name: text if name != "nginx.conf" else NGINX % f"{UP}\n{text}\n" for name, text in REFUSED[scene][0].items()}
    lay(tmp_path, files)
    assert cli("routes", "nginx.conf", "--format", "json", at=tmp_path).codes == [scene.partition(" ")[0]]
    accepted, why = nginx_accepts({f"{FOLDER}/{name}": text for name, text in files.items()})
    assert (accepted, REFUSED[scene][1] in why) == (False, True), why
    mended = {name: "" if name != "nginx.conf" else NGINX % UP for name in files}
    assert nginx_accepts({f"{FOLDER}/{name}": text for name, text in mended.items()})[0]

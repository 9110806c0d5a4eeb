"""The engines, the kernel and a swarm themselves say where their limits are: what is taken at one, and what is not beyond."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.compiling import compiled_text, write
from tests.conformance.docker import Engine, Failed
from tests.conformance.edge import EXPOSED, PORT, TOOLS, files, serve, spec
from tests.conformance.live import Request, haproxy_accepts, nginx_accepts
from tests.limits import EXAMPLES, letters, whole
from tests.tools import program
from twipc.boundaries import boundaries
from twipc.formats.engines import ENGINES
from twipc.formats.haproxy.limits import WORDS_HERE
from twipc.formats.haproxy.sections import tokenize

MOST = {one.limit.what: one.limit.most for one in boundaries()}
PARAMETER = MOST["a parameter in nginx's configuration"]
PAGE = MOST["an error page of haproxy"]
VARIABLE = MOST["a variable, NAME=value"]
CONFIG = ENGINES["nginx"].config
NAMES = {"web": ("10.0.1.1",)}
LONGEST: dict[str, Any] = {
    "backends": {"a" * 31: {"members": ["web.http"], "websockets": "168h", "retries": 10}},
    "routes": [
        {
            "match": {"exact": f"/{letters(511)}", "host": [letters(253, 60, "."), f"*.{letters(251, 60, '.')}"]},
            "redirect": "/",
        },
        {"match": {"glob": f"/{'.' * 400}x*", "host": letters(253, 2, ".")}, "redirect": f"/{'a' * 1023}"},
    ],
    "default": {"backend": "a" * 31},
    "timeouts": {"connect": "168h", "response": "168h", "request": "168h", "idle": "168h"},
    "response_headers": {"X-A": "%" * 633},
    "request_headers": {"X-A": "'" * 633},
}
"""Each as long as the language lets it be: names, hosts, paths, times, headers."""


def test_nginx_takes_a_parameter_of_so_many_bytes_and_not_two_more() -> None:
    """In quotes nginx itself takes one more: its buffer holds 4096 bytes, and the quote at the end is not kept."""
    longest = "$" * ((PARAMETER - 2) // 9) + "a" * ((PARAMETER - 2) % 9)
    config = files(spec({"response_headers": {"X-A": longest}}, tool="nginx"))
    assert nginx_accepts(config, NAMES)[0]
    longer = {**config, CONFIG: config[CONFIG].replace('aaaa" always', 'aaaaaa" always')}
    assert longer != config
    accepted, why = nginx_accepts(longer, NAMES)
    assert not accepted
    assert "too long parameter" in why


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_as_long_as_the_language_lets_it_be_is_taken(tool: str) -> None:
    config = files(spec(LONGEST, tool=tool))
    taken = nginx_accepts(config, NAMES) if tool == "nginx" else haproxy_accepts(config, engine=tool)
    assert taken[0], taken[1]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_host_of_250_letters_is_found(tool: str) -> None:
    """In nginx it stands in a regular expression: no hash of server names or of a map has a place for it to be too long."""
    host = letters(250, 60, ".")
    routes = [{"match": {"prefix": "/", "host": host}, "redirect": "https://shop.example/"}]
    asked = (Request("/", host=host, port=PORT), Request("/", host="other.example", port=PORT))
    http = {"routes": routes, "backends": {}}
    report = serve(http, *asked, tool=tool, settled=False)
    assert [answer.status for answer in report.answers] == [308, 404]


@pytest.mark.parametrize("tool", ["haproxy", "haproxy-2.8"])
def test_haproxy_serves_a_page_of_so_many_bytes_and_does_not_start_with_more(tool: str) -> None:
    page = "a" * PAGE
    config = files(spec({}, tool=tool))
    place = next(place for place in config if place.endswith("404.html"))
    assert haproxy_accepts({**config, place: page}, engine=tool) == (True, "")
    accepted, why = haproxy_accepts({**config, place: page + "a"}, engine=tool)
    assert not accepted
    assert "reserved to headers rewriting" in why
    more = {place: page}
    http = {"routes": [], "default": {"status": 404}, "backends": {}, "response_headers": {"X-A": "a" * 633}}
    report = serve(
        {**http, "expose_headers": EXPOSED},
        Request("/", port=PORT),
        tool=tool,
        settled=False,
        more=more,
        web={"image": "a/b:1"},
    )
    assert report.answers[0].body == page
    assert dict(report.answers[0].headers)["x-a"] == "a" * 633


@pytest.mark.parametrize("tool", ["haproxy", "haproxy-2.8"])
@pytest.mark.parametrize(
    ("line", "most", "said"),
    [
        (lambda number: f"    acl long path {' '.join(['/x'] * (number - 3))}", 64, "too many words"),
        (lambda number: f"    timeout client-fin {number}ms", 2_147_483_647, "timer overflow"),
    ],
)
def test_haproxy_takes_so_many_words_and_so_long_a_timer(tool: str, line: Any, most: int, said: str) -> None:
    assert most in [MOST["the words of a line in haproxy's configuration"], MOST["a timer of haproxy"]]
    config = files(spec({}, tool=tool))
    path = ENGINES["haproxy"].config

    def with_line(number: int) -> dict[str, str]:
        return {**config, path: config[path].replace("frontend in_http\n", f"frontend in_http\n{line(number)}\n")}

    assert haproxy_accepts(with_line(most), engine=tool)[0]
    accepted, why = haproxy_accepts(with_line(most + 1), engine=tool)
    assert not accepted
    assert said in why


def test_no_line_for_haproxy_has_many_words() -> None:
    http = {
        **LONGEST,
        "tls": {"listen": 8443, "certificate": "cert"},
        "stats": {"number": 1936, "auth": {"secret": "haproxy-stats"}},
    }
    http |= {"rate_limit": {"requests": 9, "per": "1m", "burst": 9}}
    text = spec(http, tool="haproxy", secrets={"cert": {"file": "cert.pem"}})
    config = files(text)[ENGINES["haproxy"].config]
    counts = [len(tokenize(line, 1)[0]) for line in config.splitlines()]
    assert 16 < max(counts) <= WORDS_HERE


def test_linux_starts_no_program_with_a_longer_variable_or_word() -> None:
    """Of pages of 4 KiB, as they are where containers run; where they are larger, more is taken."""
    true = str(program("true"))
    room = 32 * os.sysconf("SC_PAGE_SIZE") - 1
    assert room >= VARIABLE == MOST["a word of a program's command"]
    subprocess.run([true, "a" * room], env={"A": "a" * (room - 2)}, check=True)
    for words, env in (([true, "a" * (room + 1)], {}), ([true], {"A": "a" * (room - 1)})):
        with pytest.raises(OSError) as refused:  # noqa: PT011 - its number says which
            subprocess.run(words, env=env, check=True)
        assert refused.value.errno == errno.E2BIG


@pytest.mark.xdist_group("docker")
@pytest.mark.timeout(300)
def test_two_containers_have_no_name_in_common(docker: Engine, tmp_path: Path) -> None:
    """`eu-web` of `shop-prod` is `web` of `shop-prod-eu`, which a rule refuses (TW471): here each is compiled alone."""
    folders = []
    for environment, service in (("prod", "eu-web"), ("prod-eu", "web")):
        head = {"environment": environment, "services": {service: {"image": "shop/web:1"}}}
        [compiled] = compiled_text(whole(head).text, stem=environment).compiled
        folders.append(write(compiled, tmp_path))
    docker.have_images(["shop/web:1"])
    with docker.composed(folders[0]) as containers:
        assert [container["Name"] for container in containers] == ["/shop-prod-eu-web-1"]
        with pytest.raises(Failed, match="already in use"), docker.composed(folders[1]):
            pass


@pytest.mark.xdist_group("docker")
@pytest.mark.timeout(300)
def test_a_swarm_takes_the_longest_names_and_the_largest_config_and_no_more(docker: Engine, tmp_path: Path) -> None:
    name = "the name of a swarm's service or network, <project>-<environment>_<name>"
    outcome = compiled_text(EXAMPLES[name](MOST[name]).text)
    [compiled] = outcome.compiled
    folder = write(compiled, tmp_path)
    with docker.deployed(folder, compiled.model.name, ()) as services:
        assert [len(service["Spec"]["Name"]) for service in services] == [MOST[name]]
    for kind, most in (("config", 64), ("secret", 64)):
        docker.docker(kind, "create", "a" * most, "-", stdin=b"x")
        docker.docker(kind, "rm", "a" * most)
        with pytest.raises(Failed, match="invalid"):
            docker.docker(kind, "create", "a" * (most + 1), "-", stdin=b"x")
    largest = b"x" * MOST["a swarm's config"]
    docker.docker("config", "create", "large", "-", stdin=largest)
    docker.docker("config", "rm", "large")
    for size in (largest + b"x", b""):
        with pytest.raises(Failed, match="config data must be larger than 0"):
            docker.docker("config", "create", "large", "-", stdin=size)
    with pytest.raises(Failed, match="63 characters or fewer"):
        docker.docker("service", "create", "--detach", "--name", "a" * 64, "busybox")

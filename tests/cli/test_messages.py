"""What a wrong value is told: in the user's own words, and what to write instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import run
from tests.cli.scenes import project

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {{compose: {{}}, swarm: {{}}}}
services:
  web:
    image: shop/web:1
    ports: {{http: 8080}}
    {service}
  edge:
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      backends: {{app: {{members: [web.http]}}}}
      routes:
        - {{match: {{{match}}}, backend: app}}
      default: {{status: 404}}
"""


def found(folder: Path, service: str = "", match: str = "prefix: /") -> list[tuple[str, str, str, str]]:
    """(code, place, message, help) of what is not a note."""
    ran = run("lint", "--format", "json", str(project(folder, SPEC.format(service=service, match=match))), at=folder)
    assert "Traceback" not in ran.err
    return [
        (one["code"], one["at"], one["message"], one["help"] or "")
        for one in json.loads(ran.out)["findings"]
        if one["severity"] != "note"
    ]


@pytest.mark.parametrize(
    ("service", "message", "help"),
    [
        ("replicas: -1", "`-1` is out of range", "write a whole number from 0 to 1000; 0 runs none"),
        ("replicas: 1001", "`1001` is out of range", "write a whole number from 0 to 1000; 0 runs none"),
        ("resources: {pids: 0}", "`0` is out of range", "from 2 to 4194304; there is always a limit"),
        ("ulimits: {nofile: -2}", "`-2` is out of range", "-1 is no limit"),
        ("placement: {max_per_host: 0}", "`0` is out of range", "write a whole number from 1 to 1000"),
        ("rollout: {parallelism: 0}", "`0` is out of range", "write a whole number from 1 to 1000"),
        ("health: {http: /live, failures: 11}", "`11` is out of range", "write a whole number from 1 to 10"),
        ("stop_grace: 99999999999s", "`99999999999s` is out of range", "a duration is between 1ms and 168h"),
        ("stop_grace: 8d", "`8d` is not a duration", "write whole numbers with their units: 500ms, 2s, 1m30s"),
        ("stop_grace: 2d", "`2d` is not a duration", "did you mean `48h`?"),
        ("stop_grace: 1.5s", "`1.5s` is not a duration", "did you mean `1s500ms`?"),
        ("stop_grace: 0.5m", "`0.5m` is not a duration", "did you mean `30s`?"),
        ("stop_grace: 2 s", "`2 s` is not a duration", "did you mean `2s`?"),
        ("stop_grace: 1m 30S", "`1m 30S` is not a duration", "did you mean `1m30s`?"),
        ("resources: {memory: 1 GiB}", "`1 GiB` is not a size", "did you mean `1GiB`?"),
        ("resources: {memory: 512Mi}", "`512Mi` is not a size", "did you mean `512MiB`?"),
        ("resources: {cpu: abc}", "`abc` is not a number of processors", "write a number: 0.5, 2"),
        ('resources: {cpu: "0.5"}', "`0.5` is a string, and a number is wanted", "write it without quotes: 0.5"),
        ("resources: {cpu: 500m}", "`500m` is not a number of processors", "write a number: 0.5"),
        ("resources: {cpu: 256}", "`256` processors is out of range", "of which one is 1024 units of ECS"),
        (f"replicas: {'9' * 5000}", f"`{'9' * 80}…`", "How many instances run"),
        ("publish: [{port: http, host: abc}]", "`abc` is not a port number", "write a whole number: 8080"),
        ('publish: [{port: http, host: "80"}]', "`80` is not a port number", "write it without quotes: 80"),
        (
            "publish: [{port: http, host: '80:8080'}]",
            "`80:8080` is not a port number",
            "8080, and 80 as the `host` of a `publish`",
        ),
        ("publish: [{port: http, host: 53/udp}]", "`53/udp` is not a port number", "write {number: 53, protocol: udp}"),
        ("stop_grace: 0s", "`0s` is out of range", "a duration is between 1ms and 168h"),
        (f"stop_grace: {'9' * 5000}h", "` is out of range", "a duration is between 1ms and 168h"),
        ("resources: {memory: 1MiB}", "`1MiB` is out of range", "memory is between 6MiB and 65536GiB: no container starts"),
        (f"resources: {{memory: {'9' * 30}B}}", "` is out of range", "memory is between 6MiB"),
        ("resources: {memory: 512MB}", "`512MB` is not a size", "did you mean `512MiB`?"),
        ("resources: {memory: 64m}", "`64m` is not a size", "did you mean `64MiB`?"),
        ("resources: {memory: lots}", "`lots` is not a size", "write a whole number with its unit: 64KiB, 512MiB, 1GiB"),
        ("resources: {cpu: 0.001}", "`0.001` processors is out of range", "cpu is between 0.01 and 192"),
        ("tmpfs: [{path: /t, size: 0B}]", "`0B` is out of range", "the size of a tmpfs is between 4KiB and 65536GiB"),
        ("tmpfs: [{path: /t, size: 5KiB}]", "`5KiB` is no whole number of pages", "in pages of 4KiB: write `8KiB`"),
        ("shm_size: 1B", "`1B` is out of range", "shared memory is between 4KiB and 65536GiB"),
        ("capabilities: [net_raw]", "`net_raw` is not one of: ", "did you mean `NET_RAW`?"),
        ("capabilities: [CAP_NET_BIND_SERVICE]", "is not one of: ", "did you mean `NET_BIND_SERVICE`?"),
        ("capabilities: [SYSADMIN]", "`SYSADMIN` is not one of: ", "did you mean `SYS_ADMIN`?"),
        ("health: {http: live}", "`live` is not a probe's path", "begin it with `/`"),
        ("health: {http: /live?}", "`/live?` is not a probe's path", "after a `?` also = and &"),
        ('health: {http: "/live?a=%20"}', "is not a probe's path", "after a `?` also = and &"),
        ("ready: {http: /ready/../x}", "can never match", "dot segments are refused before routing: take them out"),
        ("ready: {http: /ready//x}", "can never match: it has `//`", "slashes are merged before routing: write one"),
        ('command: ["a\\0"]', "U+0000 cannot be carried", "take it out: to Linux NUL ends a string"),
        ('labels: {team: "a\\tb"}', "U+0009 is not allowed here", "take it out: a control character or the end of a line"),
    ],
)
def test_a_value_that_is_not_legal_says_what_is(service: str, message: str, help: str, tmp_path: Path) -> None:
    ((code, _, said, helps),) = found(tmp_path, service)
    assert code == "TW202"
    assert message in said
    assert help in helps


@pytest.mark.parametrize(
    "service",
    [
        "tmpfs: [{path: /t, size: 64KiB}]",
        "tmpfs: [{path: /t, size: 4KiB}]\n    shm_size: 4KiB",
        "health: {http: '/live?deep=1&from=twipc'}",
        'command: [printf, "a\\tb\\n"]',
        'entrypoint: [sh, -c, "echo one\\necho two\\n"]',
        'health: {command: [sh, -c, "true\\n\\u0001"]}',
    ],
)
def test_what_every_engine_carries_is_taken(service: str, tmp_path: Path) -> None:
    assert found(tmp_path, service) == []


@pytest.mark.parametrize("kind", ["exact", "glob", "prefix"])
@pytest.mark.parametrize(
    ("path", "has", "help"),
    [
        ("/a%20b", "%", "matching is on the decoded path: write the character itself"),
        ("/a?b", "?", "matching is without the query: write what stands before it; for any one path below, `glob` has `*`"),
        ("/a#b", "#", "clients keep what follows to themselves"),
        ("/a\\b", "\\", "browsers make a `/` of it before they ask: write one"),
        ("/a//b", "//", "slashes are merged before routing: write one"),
    ],
)
def test_a_path_that_no_request_has_names_what_is_wrong_in_it(
    kind: str, path: str, has: str, help: str, tmp_path: Path
) -> None:
    ((code, at, said, helps),) = found(tmp_path, match=f"{kind}: '{path}'")
    assert (code, at) == ("TW202", f"services.edge.http.routes.0.match.{kind}.0")
    assert said == f"`{path}` can never match: it has `{has}`"
    assert help in helps


@pytest.mark.parametrize(
    ("glob", "literal"), [("/[a-z]/*", "[a-z]"), ("/a/{x,y}.png", "{x,y}"), ("/[!a]*", "[!a]"), ("/a[", ""), ("/}{/*", "")]
)
def test_brackets_in_a_glob_are_said_to_stand_for_themselves(glob: str, literal: str, tmp_path: Path) -> None:
    told = [(code, said) for code, _, said, _ in found(tmp_path, match=f"glob: '{glob}'")]
    assert told == ([("TW490", f"`{literal}` stands for itself in `{glob}`")] if literal else [])
    assert found(tmp_path, match=f"exact: '{glob.replace('*', 'x')}'") == []


def test_a_method_in_small_letters_is_meant(tmp_path: Path) -> None:
    ((code, _, said, helps),) = found(tmp_path, match="prefix: /, method: get")
    assert (code, helps) == ("TW202", "did you mean `GET`?")
    assert said.startswith("`get` is not one of: GET, HEAD")


@pytest.mark.parametrize(
    ("logging", "message", "help"),
    [
        (
            "{driver: json-file, options: {max-sise: 10m}}",
            "the driver `json-file` has no option `max-sise`",
            "did you mean `max-size`?",
        ),
        (
            "{driver: local, options: {awslogs-group: a}}",
            "the driver `local` has no option `awslogs-group`",
            "its options are: compress, max-buffer-size, max-file, max-size, mode",
        ),
        ("{driver: none, options: {tag: a}}", "the driver `none` has no option `tag`", "it takes none"),
    ],
)
def test_an_option_that_a_log_driver_lacks_is_told_with_its_own(logging: str, message: str, help: str, tmp_path: Path) -> None:
    assert (message, help) in [(said, helps) for _, _, said, helps in found(tmp_path, f"logging: {logging}")]


def test_a_port_that_is_published_twice_and_a_file_that_is_not_there_get_a_next_step(tmp_path: Path) -> None:
    twice = "publish: [{port: http, host: 80}, {port: http, host: 80}]"
    assert [(code, helps) for code, _, _, helps in found(tmp_path, twice)] == [
        ("TW402", "give one another number, or each an `address` of its own")
    ]
    assert [(code, helps) for code, _, _, helps in found(tmp_path, "configs: {/etc/a: none.conf}")] == [
        ("TW436", "the path is relative to the folder that holds `specs/`")
    ]


@pytest.mark.parametrize(
    ("service", "help"),
    [
        ("environment: {A: b}", "`environment` is `services.*.env` here: write `env: {NAME: value}`"),
        ("enviroment: {A: b}", "`enviroment` is `services.*.env` here: write `env: {NAME: value}`"),
        ("volumes: [data:/data]", "`volumes` is `services.*.mounts` here: write `mounts: {/data: data}`"),
        ("privileged: true", "there is no `privileged`: no container gets all of the host"),
        ("cap_drop: [ALL]", "all that it does not name is dropped already; take it out"),
        ("livenessProbe: {}", "`livenessProbe` is `services.*.health` here: write `health: {http: /health}`"),
        ("desiredCount: 2", "`desiredCount` is `services.*.replicas` here: write `replicas: 2`"),
        ("deploy: {replicas: 2}", "there is no `deploy`: its parts stand in the service itself"),
        ("x-mine: 1", "there are no fields of one's own"),
        ("readOnly: true", "did you mean `read_only`?"),
        ("replicsa: 2", "did you mean `replicas`?"),
        ("health: {test: [CMD, x]}", "`test` is `services.*.health.command` here: write `command: [check]`"),
        ("zzz: 1", "fields here are: kind, image"),
    ],
)
def test_a_word_of_another_tool_is_answered_with_that_of_a_spec(service: str, help: str, tmp_path: Path) -> None:
    ((code, _, said, helps),) = found(tmp_path, service)
    assert code == "TW201"
    assert said.startswith("unknown field `")
    assert help in helps


@pytest.mark.parametrize(
    ("service", "said", "help"),
    [
        ("restart: unless-stopped", "is not one of: always", "write `always`, which compose files say as `unless-stopped`"),
        ("restart: no", "is not one of: always", "write `never`"),
        ("depends_on: [{service: edge, condition: service_healthy}]", "is not one of: healthy", "write `healthy`"),
        ("capabilities: [ALL]", "is not one of: AUDIT_CONTROL", "name each that it needs"),
        ("env: [A=b]", "a mapping is wanted here, not a list", "write a mapping: `env: {NAME: value}`"),
        ("depends_on: {edge: healthy}", "a list is wanted here", "`depends_on: [{service: db, condition: healthy}]`"),
        ("networks: {back: {}}", "a list is wanted here", "write a list: `networks: [back]`"),
    ],
)
def test_a_value_or_a_form_of_another_tool_is_answered_with_that_of_a_spec(
    service: str, said: str, help: str, tmp_path: Path
) -> None:
    ((code, _, message, helps),) = found(tmp_path, service)
    assert code == "TW202"
    assert said in message
    assert help in helps


@pytest.mark.parametrize(
    ("host", "help"),
    [
        ("müller.de", "write it as requests and DNS have it: `xn--mller-kva.de`"),
        ("*.müller.de", "write it as requests and DNS have it: `*.xn--mller-kva.de`"),
        ("straße.de", "in the form that begins with `xn--`"),
        ("a_b.de", "a host has no underscore: such as `a-b.de`"),
        ("*", "leave `host` out: a route is for every host then"),
        ("_", "leave `host` out: a route is for every host then"),
        ("Shop.De", "write `shop.de`"),
        ("shop.de:8080", "write `shop.de`"),
        ("https://shop.de/", "write `shop.de`"),
        (".shop.de", 'write both: [shop.de, "*.shop.de"]'),
        ("www.*", "a star stands for all that is before the first dot"),
        ("~^www", "there are no expressions: name each host"),
        ("a..de", "between two dots are 1 to 63 characters"),
        ("[::1]", "lower case, without a port"),
    ],
)
def test_a_host_in_a_form_that_no_request_has_is_told_in_the_one_it_has(host: str, help: str, tmp_path: Path) -> None:
    ((code, _, said, helps),) = found(tmp_path, match=f"prefix: /, host: '{host}'")
    assert (code, said) == ("TW202", f"`{host}` is not a host")
    assert help in helps


@pytest.mark.parametrize(
    ("routes", "help"),
    [
        (
            "prefix: /, host: a.de}, backend: app}\n        - {match: {prefix: /, host: a.de",
            "the two are for the same requests",
        ),
        ("prefix: /}, backend: app}\n        - {match: {prefix: /, host: a.de", "move it up, or take it out"),
        ("prefix: /}, backend: app}\n        - {match: {prefix: /a/", "move it up, or take it out"),
    ],
)
def test_a_hidden_route_is_moved_only_where_that_helps(routes: str, help: str, tmp_path: Path) -> None:
    ((code, _, _, helps),) = found(tmp_path, match=routes)
    assert code == "TW405"
    assert help in helps


def test_too_many_of_something_are_told_with_the_most(tmp_path: Path) -> None:
    hosts = ", ".join(f"h{number}.example" for number in range(17))
    ((code, _, message, _),) = found(tmp_path, match=f"prefix: /, host: [{hosts}]")
    assert (code, message) == ("TW202", "a list of 17 is too long: the most is 16")


def test_a_secret_in_a_header_is_not_said_to_be_the_programs(tmp_path: Path) -> None:
    text = WHOLE.format(**GOOD).replace("      default:", "      request_headers: {X-Api-Key: s3cr3tpw}\n      default:", 1)
    ran = run("lint", "--format", "json", str(project(tmp_path, text)), at=tmp_path)
    (one,) = [one for one in json.loads(ran.out)["findings"] if one["code"] == "TW465"]
    assert "a header takes no secret: let the member that wants it read it from one" in one["help"]


WHOLE = """\
twipc: {twipc}
project: shop
environment: prod
targets: {{compose: {{}}}}
services:
  web: {{image: shop/web:1, ports: {{http: 8080}}, mounts: {{/data: news}}}}
  inner:
    http:
      engine: {{name: nginx, version: "1.30"}}
      listen: 8080
      backends: {{app: {{members: [web.http]}}}}
      routes: [{{match: {{prefix: /}}, {inner}}}]
      default: {{backend: app}}
  edge:
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      tls: {{listen: 8443, certificate: cert}}
      backends: {{app: {{members: [inner.http]}}}}
      routes: [{{match: {{prefix: /}}, {edge}}}]
      default: {{backend: app}}
      error_pages: [{{status: [{status}], page: pages/404.html}}]
    publish: [{{port: http, host: 80}}, {{port: https, host: 443}}]
volumes: {{news: {{access: shared, host: {folder}}}}}
secrets: {{cert: {{file: .secrets/cert.pem}}}}
accept: [{because}]
"""
GOOD = {"twipc": "1", "inner": "backend: app", "edge": "backend: app", "status": "404", "folder": "/srv/news", "because": ""}
TO_HTTPS = "redirect: {scheme: https}"


@pytest.mark.parametrize(
    ("change", "code", "said", "help"),
    [
        ({"twipc": '"1"'}, "TW202", "a number is wanted here, not the string `1`", "write 1 without quotes"),
        ({"twipc": '"1.0"'}, "TW202", "`1.0` is not 1", "The version of the language"),
        ({"status": "200"}, "TW202", "`200` is not one of: 400, 403, 404", "of those that a server answers itself"),
        ({"folder": "./data"}, "TW202", "`./data` is not a folder of the host", "the whole path on the machine"),
        ({"folder": "~/data"}, "TW202", "`~/data` is not a folder of the host", "the whole path on the machine"),
        ({"folder": "/data/"}, "TW202", "`/data/` is not a folder of the host", "write `/data`"),
        (
            {"because": "{code: TW512, at: services.web, target: compose, because: '. . .'}"},
            "TW202",
            "`. . .` is no reason",
            "say in some words why the loss is wanted",
        ),
        ({"inner": TO_HTTPS}, "TW455", "it comes by `edge`", "let `edge` send clients on, where they come in"),
        ({"inner": TO_HTTPS, "edge": TO_HTTPS}, "TW455", "it comes by `edge`", "take it out: `edge` sends clients on"),
    ],
)
def test_a_finding_says_what_helps_there(change: dict[str, str], code: str, said: str, help: str, tmp_path: Path) -> None:
    ran = run("lint", "--format", "json", str(project(tmp_path, WHOLE.format(**{**GOOD, **change}))), at=tmp_path)
    (one,) = [one for one in json.loads(ran.out)["findings"] if one["severity"] == "error"]
    assert one["code"] == code
    assert said in one["message"]
    assert help in one["help"]


def test_a_spec_without_a_name_is_not_called_a_folder(tmp_path: Path) -> None:
    ran = run("lint", "", at=tmp_path)
    assert ran.code == 2
    assert "the name of a spec is empty" in ran.err


@pytest.mark.parametrize(
    ("service", "said", "help"),
    [
        ("command: npm start", "the string `npm start`", 'Write ["npm", "start"].'),
        ("command: a && b", "the string `a && b`", 'Write ["sh", "-c", "a && b"].'),
        ("tmpfs: /tmp", "the string `/tmp`", 'Write ["/tmp"].'),
        ("init: yes", "true or false is wanted here", "Write true without quotes."),
        ("init: maybe", "true or false is wanted here", "Runs below a small init"),
        ("publish: [{port: 8080, host: 80}]", "not the number `8080`", "give it: `port: http`"),
        ("publish: ['80:8080']", "a mapping is wanted here", "write `publish: [{port: http, host: 80}]`"),
        ("ready: /ready", "a mapping is wanted here", "write `ready: {http: /ready}`"),
        ("ready: {http: {path: /ready, port: 8080}}", "not the number `8080`", "give it: `port: http`"),
        ("mounts: {data: news}", "`data` is not a path in a container", "a key is the place in the container"),
        ("mounts: {/data: /srv/data}", "`/srv/data` is not a name", "`host: /srv/news`"),
        ("mounts: {/data: 'news:ro'}", "`news:ro` is not a name", "who may write it is its `access`"),
        ("image: Shop/Web:1", "`Shop/Web:1` is not an image's name", "did you mean `shop/web:1`?"),
        ("image: 'https://r.de/a:1'", "is not an image's name", "did you mean `r.de/a:1`?"),
        ("image: 'shop/web:${TAG}'", "is not an image's name", "nothing is put in for a variable"),
        ("image: 'r.de:65536/web:1'", "`65536` is not a port", "a registry listens on 1 to 65535"),
        ("image: 'r.de:0/web'", "`0` is not a port", "a registry listens on 1 to 65535"),
        ("image: 'r:99999/a:99999'", "`99999` is not a port", "a registry listens on 1 to 65535"),
        ("env: {a-b: x}", "`a-b` is not a variable's name", "did you mean `a_b`?"),
        ("user: node", "`node` is not a numeric user", "a name is only known in the image"),
        ("build: ./web/", "`./web/` is not a path in the project", "did you mean `./web`?"),
        ("tmpfs: ['/tmp:size=64m']", "is not a place for scratch files", "with a size it is {path: /tmp, size: 64MiB}"),
        ("stop_grace: 30", "`30` is not a duration", "did you mean `30s`?"),
        ("stop_grace: 5 minutes", "`5 minutes` is not a duration", "did you mean `5m`?"),
        ("networks: [my_net]", "`my_net` is not a name", "did you mean `my-net`?"),
        ("networks: [Default]", "`Default` is not a name", "not ending with a hyphen"),
        ("publish: '8080:80'", "a list is wanted here", "write a list: `publish: [{port: http, host: 80}]`"),
        ("configs: {/etc/a: {file: a}}", "a string is wanted here, not a mapping", "write the file's path alone"),
        ("env: {A: [a, b]}", "a mapping is wanted here, not a list", "a variable is one string"),
        ("stop_signal: 15", "`15` is not one of: SIGTERM", "write `SIGTERM`"),
        ("resources: {memory: 0.5GiB}", "`0.5GiB` is not a size", "did you mean `512MiB`?"),
        ("mounts: {/data/: news}", "`/data/` is not a path in a container", "a slash at the end"),
        ("health: {command: [CMD, check]}", "`CMD` is no program", "take it out: what follows is the program"),
        ("health: {command: [CMD-SHELL, 'a || b']}", "`CMD-SHELL` is no program", 'write ["sh", "-c", …] in its place'),
        ("health: {command: [NONE]}", "`NONE` is no program", "leave `health` out"),
        ("health: {http: 'http://localhost:8080/up'}", "is not a probe's path", "did you mean `/up`?"),
        ("ready: {http: up}", "is not a probe's path", "did you mean `/up`?"),
        ("build: https://example.com/a.git", "is not a path in the project", "relative to the folder that holds `specs/`"),
        ("placement: {constraints: {node.role: manager}}", "`node.role` is not a host's label", "write `role`"),
        ("placement: {spread: [node.labels.Zone]}", "`node.labels.Zone` is not a host's label", "write `zone`"),
    ],
)
def test_what_is_written_as_elsewhere_is_told_as_a_spec_has_it(service: str, said: str, help: str, tmp_path: Path) -> None:
    spec = SPEC.replace("    image: shop/web:1\n", "") if service.startswith("image:") else SPEC
    ran = run("lint", "--format", "json", str(project(tmp_path, spec.format(service=service, match="prefix: /"))), at=tmp_path)
    (one,) = [one for one in json.loads(ran.out)["findings"] if one["severity"] == "error"]
    assert one["code"] == "TW202"
    assert said in one["message"]
    assert help in one["help"]


@pytest.mark.parametrize(
    ("service", "secret"),
    [
        ("command: run --url https://user:hunter2@db.example/x", "hunter2"),
        ("secrets: [AKIAIOSFODNN7EXAMPLE]", "akiaiosfodnn7example"),
    ],
)
def test_what_looks_like_a_secret_is_not_made_into_something_else(service: str, secret: str, tmp_path: Path) -> None:
    told = found(tmp_path, service)
    assert told
    assert secret not in str(told).lower()


@pytest.mark.parametrize(
    ("service", "code", "help"),
    [
        ("networks: [back]", "TW428", "there is none at all: write `networks: {back: {}}` beside `services`"),
        ("mounts: {/data: news}", "TW304", "there is none at all: write `volumes: {news: {access: single-writer}}`"),
        ("depends_on: [{db: healthy}]", "TW201", "a dependency is written `service: db` and `condition: healthy`"),
        ("env: {A: {address: 'web:8080'}}", "TW306", "write `web.http`"),
        ("env: {A: {address: web}}", "TW306", "write `web.http`"),
        ("env: {A: {address: 'db:5432'}}", "TW306", "write `service.port`: its name, and that of its port"),
    ],
)
def test_what_is_not_there_says_how_it_would_be(service: str, code: str, help: str, tmp_path: Path) -> None:
    told = found(tmp_path, service)
    assert [one for one in told if one[0] == code and help in one[3]], told


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("services: {web: {image: shop/web:1}}\n", "TW209", "beside it `twipc: 1`, a `project`, its `targets`"),
        ('version: "3"\nservices: {web: {image: shop/web:1}}\n', "TW201", "`version` is `twipc` here: write `twipc: 1`"),
        ("kind: Pod\n", "TW201", "what a manifest has stands in `services`"),
        ("twipc: 1\nservices:\n  web:\n    image: a\n\tports: {}\n", "TW101", "indent with blanks"),
    ],
)
def test_a_file_that_is_no_spec_says_what_one_is(text: str, code: str, help: str, tmp_path: Path) -> None:
    ran = run("lint", "--format", "json", str(project(tmp_path, text)), at=tmp_path)
    (one,) = json.loads(ran.out)["findings"]
    assert one["code"] == code
    assert help in one["help"]


@pytest.mark.parametrize(
    ("match", "sign", "help"),
    [
        ("prefix: '/a/*'", "*", "a prefix takes all below it as it is"),
        ("prefix: '/a/(.*)'", "(.*)", "a prefix takes all below it as it is"),
        ("exact: '/a$'", "$", "an exact path takes itself alone"),
        ("exact: '/a/.*'", ".*", "an exact path takes itself alone"),
        ("exact: '/a$b'", "", ""),
        ("glob: '/a/*'", "", ""),
    ],
)
def test_a_sign_of_patterns_in_a_plain_path_is_said_to_stand_for_itself(
    match: str, sign: str, help: str, tmp_path: Path
) -> None:
    told = [(code, said.partition("`")[2].partition("`")[0], helps) for code, _, said, helps in found(tmp_path, match=match)]
    assert [one[:2] for one in told] == ([("TW490", sign)] if sign else [])
    assert all(help in one[2] for one in told)


@pytest.mark.parametrize(
    ("service", "place", "name"),
    [
        ("env: {A: '${DB_HOST}'}", "services.web.env.A", "${DB_HOST}"),
        ("env: {A: 'x${DB_PASS:-hunter2}'}", "services.web.env.A", "${DB_PASS}"),
        ("env: {A: $(POD_IP)}", "services.web.env.A", "$(POD_IP)"),
        ("labels: {team: '${TEAM}'}", "services.web.labels.team", "${TEAM}"),
        ("command: [serve, '${PORT}']", "services.web.command.1", "${PORT}"),
        ("command: [java, $JAVA_OPTS, -jar, a.jar]", "services.web.command.1", "$JAVA_OPTS"),
        ("env: {A: $HOME/a}", "services.web.env.A", "$HOME"),
        ("env: {A: $ECRETive, B: $$HOME}", "", ""),
        ("command: [sh, -c, 'serve ${PORT}']", "", ""),
        ("entrypoint: [bash, -ec, 'serve ${PORT}']", "", ""),
        ("env: {A: 'costs $5, ${}, $HOME, $(date)'}", "", ""),
    ],
)
def test_a_variable_that_nobody_puts_in_is_said_to_stay(service: str, place: str, name: str, tmp_path: Path) -> None:
    told = [(code, at, said) for code, at, said, _ in found(tmp_path, service)]
    assert told == ([("TW464", place, f"nothing is put in for `{name}`")] if name else [])


def test_a_variable_of_a_proxy_is_said_to_stay(tmp_path: Path) -> None:
    more = "}, redirect: /b$request_uri}\n        - {match: {prefix: /"
    extra = "      request_headers: {X-A: $remote_user, X-B: '%[src]', X-C: 'costs $5'}\n"
    spec = SPEC.format(service="", match="prefix: /a/" + more) + extra
    ran = run("lint", "--format", "json", str(project(tmp_path, spec)), at=tmp_path)
    told = [(one["at"], one["message"]) for one in json.loads(ran.out)["findings"] if one["code"] == "TW464"]
    assert sorted(told) == [
        ("services.edge.http.request_headers.X-A", "nothing is put in for `$remote_user`"),
        ("services.edge.http.request_headers.X-B", "nothing is put in for `%[src]`"),
        ("services.edge.http.routes.0.redirect", "nothing is put in for `$request_uri`"),
    ]


MISPLACED = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  web:
    image: shop/web:1
    env: {"DB_PASSWORD=s3cr3t": x, A: "jdbc:postgresql://h/db?user=a&password=s3cr3t", B: "Server=x;Password=s3cr3t;"}
    depends_on: ["postgres://u:s3cr3t@db"]
    health: {command: "curl --password=s3cr3t http://x"}
    working_dir: "DB_PASSWORD=s3cr3t"
  other:
    image: shop/web:1
    env: ["DB_PASSWORD=s3cr3t"]
    environment: ["DB_PASSWORD=s3cr3t"]
    command: {DB_PASSWORD: s3cr3t}
    build: {args: {NPM_TOKEN: s3cr3t}}
  third:
    image: shop/web:1
    env: {DB_PASSWORD: {valu: s3cr3t}}
    entrypoint: ["curl -u admin:s3cr3t@host", "--password s3cr3t"]
secrets: {key: s3cr3t, other-key: {value: s3cr3t}}
external: {db: {host: "u:s3cr3t@db", ports: {sql: 1}}}
volumes: {news: {access: shared, nfs: {server: "u:s3cr3t@h", path: /x}}}
"""


@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github"])
def test_no_format_shows_a_secret_wherever_it_was_written(format: str, tmp_path: Path) -> None:
    ran = run("lint", "--format", format, at=project(tmp_path, MISPLACED).parent.parent)
    assert (ran.code, "TW465" in ran.out) == (1, True)
    assert "s3cr3t" not in ran.out + ran.err

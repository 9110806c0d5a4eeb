"""`twipc routes` as a person meets it: the table, one request followed, and what differs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli import BASE, PROD, project, run
from twipc.routes.follow import automaton_of

OTHER = PROD.replace("environment: prod", "environment: other").replace(
    "routes: [{match: {prefix: /}, backend: app}]",
    "routes: [{match: {prefix: /, host: shop.example}, backend: app}, {match: {exact: /old}, redirect: /new}]",
)
NGINX = "server { listen 80; location / { proxy_pass http://app; } location /x { if ($arg_a) { return 403; } root /srv; } }\n"
HAPROXY = "frontend in\n    bind :80\n    use_backend app if { path_beg /x }\n    default_backend app\n"
NAMED = "server { listen 80; server_name a.example; return 200; }\nserver { listen 80 default; return 404; }\n"
HAPROXY += "backend app\n    server s a:80\n"


def template(*ports: int) -> str:
    """A load balancer with a listener for each port, of which each answers with a status of its own."""
    kind = "AWS::ElasticLoadBalancingV2::"
    resources = {
        "Alb": {"Type": f"{kind}LoadBalancer", "Properties": {"Tags": [{"Key": "service", "Value": "shop"}]}},
        **{
            f"On{port}": {
                "Type": f"{kind}Listener",
                "Properties": {
                    **{"LoadBalancerArn": {"Ref": "Alb"}, "Port": port, "Protocol": "HTTP"},
                    "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": str(200 + port)}}],
                },
            }
            for port in ports
        },
    }
    return json.dumps({"Resources": resources}, indent=2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "nginx.conf").write_text(NGINX)
    (tmp_path / "haproxy.cfg").write_text(HAPROXY)
    return project(tmp_path, base=BASE, prod=PROD, other=OTHER)


def test_the_table_has_every_route_with_its_line(root: Path) -> None:
    ran = run("routes", "prod", at=root)
    assert ran.code == 0
    assert "prod: edge" in ran.out
    assert "specs/prod.yaml:13  prefix /  any    service shop/web:8080" in ran.out
    assert run("routes", "table", "prod", at=root).out == ran.out
    assert run("routes", at=root).out.count(": edge") == 2


def test_a_route_that_nobody_reaches_is_marked(root: Path) -> None:
    (root / "two.conf").write_text('server { listen 80; location ~ ^/a { return 200; } location ~ "^/ab" { return 404; } }')
    assert (
        "location ~ ^/ab  any    status 404 (never: `location ~ ^/a` takes it before)" in run("routes", "two.conf", at=root).out
    )


def test_a_request_is_followed_through_spec_and_artifacts(root: Path) -> None:
    ran = run("routes", "explain", "prod", "POST", "/a//b?c", at=root)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "POST /a/b is answered by service shop/web:8080")
    assert "specs/prod.yaml:13" in ran.out
    assert "out/prod/compose/edge/nginx.conf:" in ran.out
    assert "out/prod/nginx/edge/nginx.conf:" in ran.out
    assert "backend app" in ran.out
    assert "every server answers 400" in run("routes", "explain", "prod", "/a/../b", at=root).out
    refused = json.loads(run("routes", "explain", "prod", "/a/../b", "--format", "json", at=root).out)["refused"]
    assert refused["status"] == 400
    for path in ("/x/../a", "/é"):
        foreign = run("routes", "explain", "nginx.conf", path, at=root)
        assert (foreign.code, foreign.out[:53]) == (0, "such requests are not asked about in files of others:")
        assert list(json.loads(run("routes", "explain", "nginx.conf", path, "--format", "json", at=root).out))[-1:] != [
            "refused"
        ]
    steps = json.loads(run("routes", "explain", "prod", "/", "--format", "json", at=root).out)["steps"]
    assert {step["server"] for step in steps} == {"edge"}


def test_what_differs_is_told_by_its_shortest_request(root: Path) -> None:
    ran = run("routes", "diff", "prod", "other", at=root)
    assert ran.code == 1
    assert [line for line in ran.out.splitlines() if not line.startswith(" ")] == ["GET /", "GET /old"]
    assert "redirect 308 to /new" in ran.out
    assert "2 kinds of requests answered differently" in ran.err
    told = json.loads(run("routes", "diff", "prod", "other", "--format", "json", at=root).out)["differences"]
    assert [(one["request"], one["path"], one["open"]) for one in told] == [("GET /", "/", False), ("GET /old", "/old", False)]
    assert [side["answer"] for side in told[0]["sides"]] == ["service shop/web:8080", "status 404"]
    same = run("routes", "diff", "prod", "prod", at=root)
    assert (same.code, same.out, same.err) == (0, "", "prod and prod: every request is answered alike\n")


def test_configuration_files_are_compared_and_what_is_not_understood_is_named(root: Path) -> None:
    ran = run("routes", "diff", "nginx.conf", "haproxy.cfg", at=root)
    assert ran.code == 1
    assert ran.out.startswith("cannot be said: GET /x\n")
    assert "not understood `if`, line 1" in ran.out
    assert "0 kinds of requests answered differently, 2 left open" in ran.err
    assert "nginx resolves them, haproxy does not" in ran.err


def test_what_only_the_way_of_writing_a_path_makes_differ_is_told_once(root: Path) -> None:
    routes = [f"/a{number}" for number in range(5)]
    locations = " ".join(f"location {path} {{ proxy_pass http://app; }}" for path in routes)
    (root / "many.conf").write_text(f"server {{ listen 80; {locations} location / {{ return 503; }} }}")
    rules = "\n".join(f"    use_backend app if {{ path_beg {path} }}" for path in routes)
    (root / "many.cfg").write_text(f"frontend in\n    bind :80\n{rules}\nbackend app\n    server s a:80\n")
    ran = run("routes", "diff", "many.conf", "many.cfg", at=root)
    assert ran.code == 1
    (line,) = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    assert line.startswith("where bytes come encoded or slashes doubled, 5 kinds: GET /")
    told = json.loads(run("routes", "diff", "many.conf", "many.cfg", "--format", "json", at=root).out)["differences"]
    assert [each["plain"] for each in told] == [False] * 5
    (root / "many.cfg").write_text((root / "many.cfg").read_text().replace("path_beg /a3 ", "path_beg /b "))
    ran = run("routes", "diff", "many.conf", "many.cfg", at=root)
    heads = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    assert heads[:2] == ["GET /b", "GET /a3"]
    assert heads[2].startswith("where bytes come encoded")


def test_hosts_that_are_matched_as_they_come_are_told_once(root: Path) -> None:
    names = [f"shop-{number}.example" for number in range(5)]
    servers = "\n".join(f"server {{ listen 80; server_name {name}; return 200; }}" for name in names)
    (root / "names.conf").write_text(f"server {{ listen 80 default_server; return 404; }}\n{servers}")
    rules = "\n".join(f"    http-request return status 200 if {{ hdr(host) -i {name} }}" for name in names)
    (root / "names.cfg").write_text(f"frontend in\n    bind :80\n{rules}\n    http-request deny deny_status 404\n")
    ran = run("routes", "diff", "names.conf", "names.cfg", at=root)
    (line,) = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    head = "where the host comes in capitals, with a port or with a dot at its end, 5 kinds: "
    assert (ran.code, line) == (1, f"{head}GET http://shop-0.example./")
    assert "requests without a host, which HTTP/1.0 need not have, are left out" in ran.err
    told = json.loads(run("routes", "diff", "names.conf", "names.cfg", "--format", "json", at=root).out)["differences"]
    assert {each["plain"] for each in told} == {False}
    cut = (root / "names.cfg").read_text().replace("hdr(host) -i ", "hdr(host) -m reg -i ^")
    (root / "names.cfg").write_text(cut.replace(".example ", "[.]example[.]?(:|$) "))
    ran = run("routes", "diff", "names.conf", "names.cfg", at=root)
    assert (ran.code, ran.out) == (0, "")
    assert "every request is answered alike\n" in ran.err


def test_redirects_that_differ_for_some_hosts_alone_are_not_one_under_two_names(root: Path) -> None:
    (root / "to.conf").write_text("server { listen 80; return 302 https://$host$request_uri; }\n")
    (root / "to.cfg").write_text("frontend in\n    bind :80\n    redirect scheme https\n")
    ran = run("routes", "diff", "to.conf", "to.cfg", at=root)
    assert (ran.code, "--same" in ran.err) == (1, False)
    assert ran.out.startswith("where the host comes in capitals, with a port or with a dot at its end, 1 kind: GET http://A/\n")
    assert "redirect 302 to https://{Host}{uri}" in ran.out


def test_a_request_is_followed_with_the_host_that_it_names(root: Path) -> None:
    (root / "host.cfg").write_text(HAPROXY.replace("{ path_beg /x }", "{ hdr(host) -i a.example }").replace("default_b", "# "))
    (root / "host.conf").write_text(NAMED)
    for host, haproxy in (("a.example", "backend app"), ("A.example:80", "backend app"), ("a.example:8080", "status 503")):
        for file, answer in (("host.cfg", haproxy), ("host.conf", "status 200")):
            assert run("routes", "explain", file, f"http://{host}/", at=root).out.startswith(f"GET / is answered by {answer}\n")


def test_the_table_says_which_hosts(root: Path) -> None:
    (root / "host.cfg").write_text(HAPROXY.replace("{ path_beg /x }", "{ hdr(host) -i A.example } !{ hdr_end(host) .b }"))
    (root / "host.conf").write_text(NAMED)
    assert " host a.example as it comes not host *.b as it comes  backend app" in run("routes", "host.cfg", at=root).out
    assert "return 200   host a.example  status 200" in run("routes", "host.conf", at=root).out
    rules = json.loads(run("routes", "host.cfg", "--format", "json", at=root).out)["tables"][0]["rules"]
    assert (rules[0]["hosts"], rules[0]["not_hosts"]) == (["a.example as it comes"], ["*.b as it comes"])


ON_ECS = """\
twipc: 1
project: shop
environment: cloud
targets: {ecs: {launch: fargate, region: eu-west-1, ingress: alb}}
services:
  web: {image: "shop/web:1", ports: {http: 8080}, resources: {cpu: 0.25, memory: 512MiB}}
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
    publish: [{port: http, host: 80}]
"""


def test_the_load_balancer_of_a_template_has_a_table(root: Path) -> None:
    (root / "specs" / "cloud.yaml").write_text(ON_ECS)
    assert run("compile", "cloud", at=root).code == 0
    file = "out/cloud/ecs/template.json"
    table = run("routes", file, at=root)
    assert (table.code, table.out.splitlines()[0]) == (0, f"{file}: edge")
    lines = (root / file).read_text().splitlines()
    [line] = [line for line in table.out.splitlines() if "backend app" in line]
    where, said = line.split()[0], line.partition("rule ")[2]
    assert said.startswith("40, /*")
    assert lines[int(where.rpartition(":")[2]) - 1].strip() == '"EdgeListener80Rule4": {'
    followed = run("routes", "explain", "cloud", "/x", at=root).out
    assert f"edge    {where}" in followed
    assert run("routes", "explain", f"{file}:edge", "/x", at=root).out.startswith("GET /x is answered by backend app\n")


def test_a_template_with_a_byte_order_mark_is_one(root: Path) -> None:
    (root / "alb.json").write_text(template(80), encoding="utf-8-sig")
    assert "default  any    status 280" in run("routes", "alb.json", at=root).out


def test_a_spec_and_its_template_part_only_in_what_is_known(root: Path) -> None:
    """A load balancer decodes nothing, and another rule is another answer."""
    (root / "specs" / "cloud.yaml").write_text(ON_ECS)
    assert run("compile", "cloud", at=root).code == 0
    file, same = "out/cloud/ecs/template.json", ("--same", "service shop/web:8080=backend app")
    ran = run("routes", "diff", "cloud", file, *same, "--format", "json", at=root)
    assert {one["plain"] for one in json.loads(ran.out)["differences"]} <= {False}
    text = (root / file).read_text()
    (root / "edited.json").write_text(text.replace('"/*"', '"/shop/*"'))
    edited = run("routes", "diff", "edited.json", file, at=root)
    assert (edited.code, edited.out.splitlines()[0]) == (1, "GET /")
    assert run("routes", "diff", file, file, at=root).code == 0


def test_other_ports_of_a_file_are_named(root: Path) -> None:
    (root / "two.conf").write_text("server { listen 80; return 301 https://$host$request_uri; }\nserver { listen 443 ssl; }\n")
    (root / "two.cfg").write_text("frontend a\n    bind :80,:81\nfrontend b\n    bind :443 ssl crt x\n")
    assert run("routes", "two.conf", at=root).err == "two.conf: asked is port 80; others are two.conf:443\n"
    assert run("routes", "two.cfg", at=root).err == "two.cfg: asked is port 80; others are two.cfg:81 two.cfg:443\n"
    assert run("routes", "two.conf:443", at=root).err == ""
    assert "files html" in run("routes", "two.conf:443", at=root).out


def test_a_location_that_is_asked_at_several_places_is_told_once(root: Path) -> None:
    (root / "one.conf").write_text("server { listen 80; location ^~ /a/ { proxy_pass http://app; } }")
    lines = [line for line in run("routes", "one.conf", at=root).out.splitlines() if "location" in line]
    assert [line.split("any")[1].strip() for line in lines] == [
        "redirect 301 to {scheme}://{host}/a/{query}",
        "backend app",
        "files html",
    ]


def test_answers_that_are_called_otherwise_are_told_to_be_the_same(root: Path) -> None:
    (root / "other.cfg").write_text(HAPROXY.replace("app", "main"))
    pair = ("routes", "diff", "haproxy.cfg", "other.cfg")
    differ = run(*pair, at=root)
    assert (differ.code, "--same 'backend app=backend main'" in differ.err) == (1, True)
    agree = run(*pair, "--same", "backend app=backend main", at=root)
    assert (agree.code, "--same" in agree.err) == (0, False)
    told = run(*pair, "--same", "backend app=backend main", "--format", "json", at=root)
    assert json.loads(told.out)["differences"] == []
    wrong = run(*pair, "--same", "backend ap=backend main", at=root)
    assert wrong.code == 2
    assert "never answers `backend ap`; it answers: backend app" in wrong.err


def test_paths_of_the_servers_own_are_left_out_beside_a_file_written_by_hand(root: Path) -> None:
    (root / "hand.conf").write_text("server { listen 80; location = /a { return 503; } location / { proxy_pass http://app; } }")
    pair = ("routes", "diff", "prod", "hand.conf", "--same", "service shop/web:8080=backend app")
    ran = run(*pair, at=root)
    assert (ran.code, ran.out.splitlines()[0], "GET /.twipc/" in ran.out) == (1, "GET /a", False)
    assert "--same" not in run(*pair, "--same", "service shop/web:8080=status 503", at=root).err
    (root / "hand.conf").write_text("server { listen 80; location / { proxy_pass http://app; } }")
    for sides in (pair, ("routes", "diff", "hand.conf", "prod", "--same", "backend app=service shop/web:8080")):
        ran = run(*sides, at=root)
        assert (ran.code, ran.out) == (0, "")
        assert "every request is answered alike\npaths below /.twipc/ are left out" in ran.err


def test_one_answer_can_have_several_names_and_each_side_keeps_its_own(root: Path) -> None:
    one = (
        "server { listen 80; location = /a { proxy_pass http://app; } location = /c { return 404; } "
        "location / { return 503; } }"
    )
    other = (
        "server { listen 80; location = /a { proxy_pass http://app; } location = /b { proxy_pass http://api; } "
        "location = /c { proxy_pass http://app; } location / { proxy_pass http://web; } }"
    )
    (root / "one.conf").write_text(one)
    (root / "other.conf").write_text(other)
    pair = ("routes", "diff", "one.conf", "other.conf")
    names = [argument for name in ("api", "web") for argument in ("--same", f"status 503=backend {name}")]
    ran = run(*pair, *names, at=root)
    assert (ran.code, ran.err.splitlines()[0]) == (1, "one.conf and other.conf: 1 kind of request answered differently")
    first, second = (line.split()[-2:] for line in ran.out.splitlines()[1:])
    assert (ran.out.splitlines()[0], first, second) == ("GET /c", ["status", "404"], ["backend", "app"])
    differ = run(*pair, *names[:2], at=root)
    assert "--same 'status 503=backend web'" in differ.err
    rows = [line.split()[-2:] for line in differ.out.splitlines() if "conf" in line]
    assert ["status", "503"] in rows
    assert ["backend", "web"] in rows


def test_a_revision_is_compared_with_what_is_now(root: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@a.example")
        subprocess.run(("git", *who, *words), cwd=root, check=True, capture_output=True)

    (root / "services.yml").write_text("services: {a: {image: a, environment: {VIRTUAL_HOST: a.example}}}\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (root / "specs" / "prod.yaml").write_text(PROD.replace("prefix: /}", "prefix: /shop}"))
    ran = run("routes", "diff", "prod@HEAD", "prod", at=root)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "GET /")
    assert "prod@HEAD" in ran.out
    (root / "nginx.conf").write_text(NGINX.replace("http://app", "http://other"))
    ran = run("routes", "diff", "nginx.conf@HEAD", "nginx.conf", at=root)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "GET /")
    assert "nginx.conf@HEAD:1  location /  backend app" in ran.out
    assert run("routes", "services.yml@HEAD", at=root).code == 0
    (root / "haproxy.cfg").unlink()
    assert "haproxy.cfg@HEAD" in run("routes", "haproxy.cfg@HEAD", at=root).out
    (root / "a@b.conf").write_text(NGINX)
    assert run("routes", "diff", "a@b.conf", "nginx.conf@HEAD", at=root).code == 0
    (root / "a@b.conf").write_text(NGINX.replace("$arg_a", "$arg_b"))
    ran = run("routes", "diff", "a@b.conf", "nginx.conf@HEAD", at=root)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "cannot be said: GET /x")
    for name, said in (
        ("prod@nothing", "git knows no revision `nothing`"),
        ("prod@--help", "is no revision"),
        ("prod@", "`prod@` names no revision of git; say `prod`, or `prod@HEAD`"),
        ("nginx.conf@", "say `nginx.conf`, or `nginx.conf@HEAD`"),
        ("nginx.conf@nothing", "git knows no revision `nothing`"),
        ("other.conf@HEAD", "there is no other.conf in HEAD"),
        ("a/other.yml@HEAD", "there is no a/other.yml in HEAD"),
    ):
        wrong = run("routes", "diff", name, "prod", at=root)
        assert (wrong.code, said in wrong.err) == (2, True), wrong.err


def test_too_many_stars_are_said_to_be_too_many(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twipc.routes.automaton.MOST_STATES", 0)
    automaton_of.cache_clear()
    words = ("amber", "brick", "coral", "denim", "ebony", "frost", "grape", "hazel")
    locations = " ".join(f"location ~ {word} {{ proxy_pass http://{word}; }}" for word in words)
    (root / "stars.conf").write_text(f"server {{ listen 80; {locations} }}")
    ran = run("routes", "diff", "stars.conf", "nginx.conf", at=root)
    assert (ran.code, ran.out) == (1, "")
    assert "too many stars for an exact answer" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff", "prod"), "Missing argument 'B'"),
        (("explain", "prod"), "Missing argument '[METHOD] URL'"),
        (("explain", "prod", "GET", "/", "more"), "a request is `[METHOD] URL`"),
        (("explain", "prod", "http://x:99999/"), "has a port that is none: it is a number up to 65535"),
        (("explain", "prod", "ftp://x/"), "no http or https URL"),
        (("nothing.conf",), "nothing.conf: No such file"),
        (("nginx.conf:8443",), "no server listens on port 8443"),
        (("nginx.conf:x",), "`x` is no port"),
        (("haproxy.cfg:8443",), "no frontend binds port 8443"),
        (("prod:web",), "`web` is no `http` service of prod"),
        (("prdo",), "did you mean `prod`?"),
        (("diff", "prod", "other", "--same", "x"), "`x` is not of the form X=Y"),
        (("broken.conf",), "broken.conf: "),
        (("lone.cfg",), "lone.cfg: line 12: `http-request` without an action"),
        (("diff", "prod", "other", "--format", "sarif"), "has nothing to say in sarif; take --format json"),
        (("diff", "prod", "other", "--format", "github"), "has nothing to say in github; take --format json"),
        (("plain.yml",), "no service has a variable VIRTUAL_HOST"),
        (("alb.json:x",), "`x` is no load balancer of alb.json; those are: shop:80, shop:8080"),
        (("diff", "prod", "alb.json"), "`alb.json` has several entries; say which: `alb.json:shop:80`, `alb.json:shop:8080`"),
        (("empty.json",), "empty.json: it is no JSON: "),
        (("none.json",), "none.json: No such file"),
        (("empty.cfg",), "it has no `frontend` with a port"),
        (("empty.conf",), "it has no `server`"),
        (("latin.conf",), "latin.conf: the file is no UTF-8 text"),
        (("deep.conf",), "deep.conf: line 1: over 50 blocks in one another"),
    ],
)
def test_wrong_use_is_told(root: Path, arguments: tuple[str, ...], said: str) -> None:
    (root / "broken.conf").write_text("server { listen 80; ")
    (root / "empty.conf").write_text("")
    (root / "latin.conf").write_text("server { listen 80; location /café { return 404; } }", "latin-1")
    (root / "deep.conf").write_text(f"{'server { ' * 1500}listen 80;{' }' * 1500}")
    (root / "lone.cfg").write_text(f"{HAPROXY}\n\n\n\n\n http-request\n")
    (root / "empty.cfg").write_text("")
    (root / "empty.json").write_text("")
    (root / "alb.json").write_text(template(80, 8080))
    (root / "plain.yml").write_text("services:\n  web:\n    image: a\n")
    ran = run("routes", *arguments, at=root)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_arrives_otherwise_is_answered_otherwise(root: Path) -> None:
    def answer(to: str) -> str:
        (root / "pass.conf").write_text(f"server {{ listen 80; location /api/ {{ proxy_pass {to}; }} }}")
        return run("routes", "explain", "pass.conf", "/api/x", at=root).out.splitlines()[0].partition(" answered by ")[2]

    told = {
        to: answer(to)
        for to in ("http://a", "http://a$request_uri", "http://a/", "https://a", "https://a/x", "http://unix:/s:/")
    }
    assert told == {
        "http://a": "backend a",
        "http://a$request_uri": "backend a",
        "http://a/": "backend a/ in place of /api/",
        "https://a": "backend a over https",
        "https://a/x": "backend a/x in place of /api/ over https",
        "http://unix:/s:/": "backend unix:/s:/ in place of /api/",
    }
    assert run("routes", "diff", "pass.conf", "pass.conf", at=root).code == 0
    (root / "other.conf").write_text("server { listen 80; location /api/ { proxy_pass http://unix:/s; } }")
    assert run("routes", "diff", "pass.conf", "other.conf", at=root).code == 1


SEVERAL = """\
defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
listen stats
    bind :9999
    stats enable
listen sql
    bind :5432
    mode tcp
    server one 127.0.0.1:1
frontend in
    bind :80
    acl old path_beg /old/
    acl asked env(ASKED) -m str true
    redirect scheme https if !old asked
    use_backend app if { path_beg /api/ }
    use_backend old if { path_beg /old/ }
    default_backend app
backend app
    server one 127.0.0.1:1
backend old
    server one 127.0.0.1:1
"""


def test_of_several_frontends_one_that_routes_is_asked_first(root: Path) -> None:
    (root / "several.cfg").write_text(SEVERAL)
    ran = run("routes", "several.cfg", at=root)
    assert "several.cfg: asked is port 80; others are several.cfg:9999 several.cfg:5432" in ran.err
    assert "backend app" in ran.out
    assert "stats    GET HEAD POST" in run("routes", "several.cfg:9999", at=root).out
    (root / "several.cfg").write_text(SEVERAL.partition("frontend in")[0])
    assert "asked is port 9999" in run("routes", "several.cfg", at=root).err


def test_behind_what_is_left_open_nothing_is_said_to_be_never_asked(root: Path) -> None:
    (root / "several.cfg").write_text(SEVERAL)
    said = run("routes", "several.cfg", at=root).out
    assert "backend app (unless `redirect scheme https if !old asked` takes it before)" in said
    assert "never" not in said
    (table,) = json.loads(run("routes", "several.cfg", "--format", "json", at=root).out)["tables"]
    assert [rule["hidden_by"] for rule in table["rules"]] == [None] * len(table["rules"])


def test_a_server_alone_is_asked_by_whatever_name(root: Path) -> None:
    alone = "server { listen 80; server_name a.example ~^b$; location /a/ { proxy_pass http://a; } }"
    (root / "one.conf").write_text(alone)
    said = run("routes", "one.conf", at=root).out
    assert " host " not in said
    assert said.count("backend a") == 1
    (root / "two.conf").write_text(f"{alone} server {{ listen 80; server_name c.example; return 404; }}")
    assert "host c.example" in run("routes", "two.conf", at=root).out


def test_a_path_in_place_of_itself_changes_nothing(root: Path) -> None:
    def answer(location: str, does: str) -> str:
        (root / "pass.conf").write_text(f"server {{ listen 80; location {location} {{ {does}; }} }}")
        return run("routes", "explain", "pass.conf", "/api/x", at=root).out.splitlines()[0].partition(" answered by ")[2]

    assert answer("/", "proxy_pass http://a/") == "backend a"
    assert answer("/api/", "proxy_pass http://a:8000/api/") == "backend a:8000"
    assert answer("/api", "proxy_pass https://a/api") == "backend a over https"
    assert answer("= /api/x", "proxy_pass http://unix:/s:/api/x") == "backend unix:/s"
    assert answer("/api/", "proxy_pass http://a/api") == "backend a/api in place of /api/"
    assert answer("/api/", "proxy_pass http://a/api/?b") == "backend a/api/?b in place of /api/"
    assert answer("/api/", "proxy_pass http://a/v1/api/") == "backend a/v1/api/ in place of /api/"
    assert answer("/", "proxy_pass http://a/x/") == "backend a/x/"
    assert answer("/api/", "root /srv") == "files /srv"
    assert answer("/api/", "alias /srv/api/") == "files /srv"
    assert answer("^~ /api", "alias /srv/api") == "files /srv"
    assert answer("/api/", "alias /api/") == "files /"
    assert answer("/api/", "alias /srv/") == "files /srv in place of /api/"
    assert answer("~ /api/", "alias /srv/api/") == "files /srv/api in place of /api/"


@pytest.mark.parametrize("path", [f"{'(' * 1500}a{')' * 1500}", f"a{'*' * 1500}"])
def test_an_expression_that_goes_very_deep_is_left_open(root: Path, path: str) -> None:
    (root / "deep.conf").write_text(f'server {{ listen 80; location ~ "{path}" {{ return 404; }} }}')
    ran = run("routes", "deep.conf", at=root)
    assert ran.code == 0
    assert "not understood over " in ran.out


def test_a_wrong_spec_has_its_findings_and_no_table(root: Path) -> None:
    (root / "specs" / "prod.yaml").write_text(PROD.replace("backend: app", "backend: ap"))
    ran = run("routes", "prod", at=root)
    assert ran.code == 1
    assert "did you mean `app`?" in ran.out


def test_the_committed_environments_answer_every_request_alike() -> None:
    from tests.cli import ROOT

    for one, other in (("train", "prod"), ("prod", "public")):
        ran = run("routes", "diff", one, other, at=ROOT)
        assert (ran.code, ran.out) == (0, "")


def test_a_committed_environment_that_parts_from_the_others_would_be_told(tmp_path: Path) -> None:
    from tests.cli import ROOT

    for folder in ("specs", "app/static"):
        copytree(ROOT / folder, tmp_path / folder)
    spec = tmp_path / "specs" / "prod.yaml"
    spec.write_text(
        spec.read_text().replace(
            "{match: {prefix: [/images/, /styles/]}, backend: static}", "{match: {prefix: /images/}, backend: static}"
        )
    )
    ran = run("routes", "diff", "train", "prod", at=tmp_path)
    assert (ran.code, "GET /styles/" in ran.out) == (1, True), ran.out

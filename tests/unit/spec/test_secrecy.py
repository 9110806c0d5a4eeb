"""Which literals look like secrets, and that every place where one can stand is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twipc.cli.hiding import COVER, covered, hidden
from twipc.diagnostics import Report
from twipc.spec import Environment, Noun, Service, looks_secret, plain_secrets
from twipc.spec.secrecy import NAMED, WORDS
from twipc.spec.shape import Leaf, ListOf, MapOf, OfNoun, Shape, fields
from twipc.syntax import parse

ENV = ("services", "web", "env")
WORD = ("services", "web", "command", 1)
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "PASSWORD", "MYSQL_ROOT_PASSWORD", "PASSWORD_SALT", "API_TOKEN", "api_token", "SECRET_KEY_BASE"),
        *("CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "STRIPE_KEY", "PASSWD", "CREDENTIALS", "DB_PWD", "TOKEN", "BASIC_AUTH"),
    ],
)
def test_a_name_tells(name: str) -> None:
    for path in ((*ENV, name), (*ENV, name, "value"), ("services", "web", "labels", f"com.example.{name}")):
        assert looks_secret(path, "hunter2")
    assert not looks_secret((*ENV, name, "secret"), "hunter2"), "that names a secret"
    assert not looks_secret(("secrets", name, "file"), "hunter2")


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD_FILE", "SECRET_PATH", "PUBLIC_KEY", "NEXT_PUBLIC_API_KEY", "TOKEN_URL", "SECRET_NAME", "SORT_KEY"),
        *("PASSWORD_MIN_LENGTH", "KEYBOARD", "MONKEY", "TOKENS_PER_PAGE", "COMPASS", "PATH", "SECRETS_MANAGER_REGION"),
    ],
)
def test_a_name_that_only_speaks_of_one(name: str) -> None:
    assert not looks_secret((*ENV, name), "hunter2")


@pytest.mark.parametrize("value", ["", "true", "Off", "8", "/run/secrets/db", "$DB_PASSWORD", "${DB_PASSWORD}"])
def test_a_value_that_hides_nothing(value: str) -> None:
    assert not looks_secret((*ENV, "DB_PASSWORD"), value)


FORMS = [
    *("postgres://app:hunter2@db/shop", "see redis://:hunter2@cache:6379/0", KEY, "AKIAIOSFODNN7EXAMPLE"),
    *("ghp_" + "a1" * 18, "github_pat_" + "a" * 50, "glpat-" + "x" * 20, "xoxb-1234567890-abc", "sk_live_" + "4" * 24),
    *("AIza" + "b" * 35, "npm_" + "c" * 36, "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl"),
]


@pytest.mark.parametrize("value", FORMS)
def test_a_form_tells_wherever_it_stands(value: str) -> None:
    for path in ((*ENV, "A"), WORD, ("accept", 0, "because"), ("services", "web", "health", "command", 0)):
        assert looks_secret(path, value)
    assert value not in looks_secret((*ENV, "A"), value)


@pytest.mark.parametrize(
    "value",
    [
        *("http://web:8080/a@b", "http://user@host/", "postgres://app:$PASSWORD@db/shop", "a:b@c", "shop/web:1@sha256:00"),
        *("-----BEGIN PUBLIC KEY-----", "AKIAXX", "ghp_short", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a"),
    ],
)
def test_a_form_that_is_none(value: str) -> None:
    assert not looks_secret((*ENV, "A"), value)


@pytest.mark.parametrize(
    ("before", "word", "secret"),
    [
        *(("", "--password=hunter2", True), ("", "DB_TOKEN=hunter2", True), ("--token", "hunter2", True)),
        *(("--token", "--verbose", False), ("--token-file", "x", False), ("", "--password=$PASSWORD", False)),
        *(("", "--port=8080", False), ("password", "hunter2", False), ("", "--password", False)),
    ],
)
def test_words_of_a_program(before: str, word: str, secret: bool) -> None:
    assert bool(looks_secret(WORD, word, before)) == secret


@pytest.mark.parametrize(
    "word",
    [
        *("exec app --password=hunter2", "export PASSWORD=hunter2; run", "PGPASSWORD='hunter2' psql", "PGPASS=hunter2 psql"),
        *(
            "-Xmx1g -Dpassword=hunter2",
            "-Djavax.net.ssl.keyStorePassword=hunter2 -Da=b",
            "-Dtoken=hunter2",
            "-password=hunter2",
        ),
        *("Server=db;User Id=app;Password=hunter2;", "Server=db;Uid=app;Pwd=hunter2", "A=b;AccountKey=a+b/c==;"),
        *("curl -H 'Authorization: Bearer hunter2' x", "Authorization: Basic hunter2", "X-Auth-Token: hunter2"),
        *(
            "AWS_SECRET_ACCESS_KEY=a/b+c aws s3 ls",
            '{"password": "hunter2"}',
            '{\\"password\\":\\"hunter2\\"}',
            "clientSecret=hunter2",
        ),
        *("http://x/?a=b&access_token=hunter2&c=d", "//registry/:_authToken=hunter2", "PASSWORD=${PASSWORD:-hunter2} run"),
        *("password = hunter2", "username=app,password=hunter2", "PASSWORD='hunter two'", 'PASSWORD="hunter2'),
    ],
)
def test_a_name_tells_within_a_text(word: str) -> None:
    for path in (WORD, (*ENV, "OPTS"), ("services", "web", "health", "command", 2), ("volumes", "a", "driver", "options", "o")):
        assert looks_secret(path, word)
    assert "hunter2" not in hidden("x", f"services: {{web: {{command: [a, {word!r}"), "in what is no YAML, too"


@pytest.mark.parametrize(
    "word",
    [
        *("run --password-file=/run/secrets/x", "PASSWORD_FILE=/run/secrets/x run", "passwordFile=x", "--tls-key=key.pem"),
        *("run --password=$(cat /run/secrets/x)", 'run --password="$(cat /run/secrets/x)"', "run --password=`cat x`"),
        *("PASSWORD=${PASSWORD} run", "PASSWORD=$1 run", 'export PASSWORD="$P"', "export PASSWORD", "PASSWORD= run x"),
        *('[ "$PASSWORD" = "x" ]', 'if [ "${PASSWORD}" = "" ]; then', "PASSWORD=${PASSWORD:?must be set}", "PWD=/app run"),
        *("curl -H 'Authorization: Bearer $TOKEN' x", 'curl -H "Authorization: Bearer $(cat /run/secrets/t)" x'),
        *('grep -q "password=" file "x"', "docker login --password-stdin registry.example", "run --password <password>"),
        *("--public-key=abc", "password_encryption=scram-sha-256", "run --token-ttl 5m", "build --secret id=mysecret"),
        *(
            'printf "password=%s"',
            "Password={0};",
            "secretName=db-password",
            "keyStore=/a/b.jks",
            "run --token -",
            "sort_key=name",
        ),
        *("password=***", "TOKEN=<token>", "--sortKey=name", "--password", "--use-auth=true", "the password is asked for"),
    ],
)
def test_a_text_that_tells_none(word: str) -> None:
    for path in (WORD, (*ENV, "OPTS"), ("services", "web", "health", "command", 2), ()):
        assert not looks_secret(path, word)


def test_a_reason_is_prose() -> None:
    assert not looks_secret(("accept", 0, "because"), "the password: it is the sample's")
    assert looks_secret(("accept", 0, "because"), "see postgres://app:hunter2@db/shop")


def test_an_option_tells_within_the_words_of_a_program_alone() -> None:
    assert looks_secret(WORD, "mysql --password hunter2 -e x")
    assert looks_secret(("services", "web", "health", "command", 0), "mysql --password hunter2 -e x")
    assert not looks_secret(("services", "web", "labels", "about"), "use --password to say it")


@pytest.mark.parametrize(
    "part", ["a.eyJ://b:", "A", "-", "password", 'a="', "--abc ", "a:'", "bearer ", '\\"', "$ {", "a = ", ";pwd "]
)
def test_a_long_text_is_looked_through_once(part: str) -> None:
    """A hundred times as much takes a hundred times as long: a search that looks back takes ten thousand times as long."""
    started = process_time()
    looks_secret(WORD, part * (64_000 // len(part)))
    assert process_time() - started < 2


def test_options_of_a_mount() -> None:
    path = ("volumes", "news", "driver", "options", "o")
    assert looks_secret(path, "username=app,password=hunter2")
    assert not looks_secret(path, "addr=10.0.0.1,rw")


NO_SECRETS = {
    "expose_headers": "one of three words",
    "ports": "numbers",
    "constraints": "labels of hosts",
    "targets": "the targets' own options, each of a form of its own",
    "configs": "paths of files",
}


def _maps(shape: Shape, name: str, seen: frozenset[type[Noun]] = frozenset()) -> Iterator[str]:
    """The fields that are mappings from names to values without inner structure."""
    if isinstance(shape, MapOf):
        value = shape.value
        if isinstance(value, Leaf) or (isinstance(value, OfNoun) and value.noun.SHORT == "value"):
            yield name
        yield from _maps(value, name, seen)
    elif isinstance(shape, ListOf):
        yield from _maps(shape.item, name, seen)
    elif isinstance(shape, OfNoun) and shape.noun not in seen:
        for field, inner in fields(shape.noun).items():
            yield from _maps(inner, field, seen | {shape.noun})


def test_every_mapping_of_free_strings_is_looked_at() -> None:
    there = set(_maps(OfNoun(Environment), ""))
    assert there
    assert there <= NAMED | NO_SECRETS.keys(), "say in secrecy.py that names tell there, or here why none can be a secret"
    assert there >= NO_SECRETS.keys(), "what is no field any more is no exception"
    assert "env" in there
    assert set(fields(Service)) >= WORDS


def test_places() -> None:
    text = "services:\n  web: {env: {A_TOKEN: abc, B: x}, command: [a, --password, abc, --password]}\n"
    tree = parse(text.encode(), "x", Report())
    assert [one.path for one in plain_secrets(tree)] == [(*ENV, "A_TOKEN"), ("services", "web", "command", 2)]


@pytest.mark.parametrize(
    "text",
    [
        *('a: 1\nenv: {DB_PASSWORD: "hunter2", X: y}', "env:\n  DB_PASSWORD: 'hunter2'", "env: {DB_PASSWORD: hunter2}"),
        *('{env: {"DB_PASSWORD": "hunter2" X: 1', "env:\n  DB_PASSWORD: hunter2\n x: 1", "- [DB_PASSWORD=hunter2"),
        *(
            'env:\n  K: "postgres://a:hunter2@b"',
            'env:\n  K: "postgres://a:hunter2@b" "',
            "env: {K: >-\n  xoxb-hunter2hunter2}",
        ),
        *("build: {args: {DB_PASSWORD: hunter2}}", "password: hunter2", "api_token: [hunter2]"),
        *("services:\n\tenv: {DB_PASSWORD: hunter2", "environment:\n  DB_PASSWORD: 'hunter2'", "\x01 DB_PASSWORD: hunter2"),
    ],
)
def test_no_line_shows_it(text: str) -> None:
    shown = hidden("specs/prod.yaml", text)
    assert "hunter2" not in shown
    assert COVER * 7 in shown
    assert len(shown) == len(text)
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]


@given(st.data())
def test_a_line_is_covered_alike_whatever_else_is_shown(data: st.DataObject) -> None:
    keys = st.sampled_from(("password", "env", "DB_PASSWORD", "hunter2", "secrets", "xoxb-hunter2hunter2"))
    values = st.sampled_from(("hunter2", "[--token, hunter2]", "{A_TOKEN: x}", "|\n    a\n    hunter2", "'a\n  b'", "[", "80"))
    text = "".join(f"{key}:\n  {other}: {value}\n" for key, other, value in data.draw(st.lists(st.tuples(keys, keys, values))))
    whole = hidden("x", text).splitlines()
    for number, line in enumerate(whole, 1):
        alone = [line if each == number else "" for each in range(1, len(whole) + 1)]
        assert hidden("x", text, {number}).splitlines() == alone


def test_the_name_of_a_secret_is_shown() -> None:
    text = "env: {A: {secret: db-password}}\nsecrets: [db-password]\nports: {token: 80}"
    assert hidden("specs/prod.yaml", text) == text


@given(st.text(st.sampled_from("ab:=\"'{}[],-#&*!|> \n\t\r\x85\u2028日😀\ufeff\x00"), max_size=40))
def test_a_text_without_secrets_is_shown_as_it_is(text: str) -> None:
    assert hidden("specs/prod.yaml", text) == text


def test_digests_of_images_are_shown_and_keys_of_their_length_are_not() -> None:
    number = "0123456789abcdef" * 4
    for shown in (f"writing image sha256:{number} done", f"shop/web:1@sha256:{number}"):
        assert covered(shown) == shown
    for word in (number, f"TOKEN=sha256:{number}", f"sha256:{number}0123456789abcdef"):
        assert number not in covered(f"with {word} done")

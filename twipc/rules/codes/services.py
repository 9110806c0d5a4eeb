"""What can be wrong with one service by itself, and with names that nobody uses or two have."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NO_LIMIT = Code(
    "TW420",
    "a limit that the kernel refuses",
    Severity.ERROR,
    why="Linux has a most of open files for every process, whoever asks: a container without that limit does not start.",
    bad="services:\n  web:\n    image: shop/web:1\n    ulimits: {nofile: -1}  #! TW420",
    good="services:\n  web:\n    image: shop/web:1\n    ulimits: {nofile: 65536, memlock: -1}",
)
ENDLESS_LOG = Code(
    "TW421",
    "a log without an end",
    Severity.WARNING,
    why="Docker's json-file keeps every line until the container is gone, unless it is told a size: the host's disk fills "
    "up, and then nothing on it works.",
    bad="services:\n  web:\n    image: shop/web:1\n    logging: {driver: json-file}  #! TW421",
    good='services:\n  web:\n    image: shop/web:1\n    logging: {driver: json-file, options: {max-size: 50m, max-file: "2"}}',
)
LOG_OPTION = Code(
    "TW422",
    "an option that a log driver does not take",
    Severity.ERROR,
    why="Docker refuses it when the container is made or, often, only when it starts; some it does not hear at all.",
    bad="services:\n  web:\n    image: shop/web:1\n    logging: {driver: journald, options: {max-size: 10m}}  #! TW422",
    good="services:\n  web:\n    image: shop/web:1\n    logging: {driver: journald, options: {tag: shop}}",
)
OWN_LABEL = Code(
    "TW449",
    "a host's label that is twipc's own",
    Severity.ERROR,
    why="Labels of a node that begin with `<project>-<environment>.` say which volumes lie there: a constraint on one of them "
    "would be taken for a volume's.",
    bad="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n"
    "    placement: {constraints: {shop-prod.disk: ssd}}  #! TW449",
    good="targets: {swarm: {}}\nservices:\n  web:\n    image: shop/web:1\n    placement: {constraints: {disk: ssd}}",
)
ONE_PER_HOST = Code(
    "TW450",
    "more instances on a host than it has ports for",
    Severity.ERROR,
    why="A host has each port once: a service with a fixed host port has one instance on each, whatever it says.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "    placement: {max_per_host: 2}  #! TW450",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]\n"
    "    placement: {max_per_host: 1}",
)
UNUSED = Code(
    "TW415",
    "something that nothing uses",
    Severity.WARNING,
    why="It is left over, or the service that should use it does not: a journal without a mount is written into a container's "
    "own files, and gone with it.",
    bad="services: {web: {image: shop/web:1}}\nvolumes:\n  news: {access: single-writer}  #! TW415",
    good="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n  news: {access: single-writer}",
)
EXTERNAL_NAME = Code(
    "TW426",
    "what is external has the name of a service here",
    Severity.ERROR,
    why="`db.sql` would mean two things; and a service of that name here answers in place of the one elsewhere.",
    bad="services:\n  db: {image: shop/db:1, ports: {sql: 5432}}\n  web: {image: shop/web:1, env: {DB: {address: db.sql}}}\n"
    "external:\n  db: {host: db.example.com, ports: {sql: 5432}}  #! TW426",
    good="services:\n  web: {image: shop/web:1, env: {DB: {address: db.sql}}}\n"
    "external:\n  db: {host: db.example.com, ports: {sql: 5432}}",
)
PLAIN_SECRET = Code(
    "TW465",
    "a literal that looks like a secret",
    Severity.WARNING,
    why="What stands in a spec is in its repository and history, in every artifact, in `docker inspect` and in the console of "
    "AWS. A secret says where each target finds it, and its value never passes through twipc.",
    bad='services:\n  web:\n    image: shop/web:1\n    env: {DB_PASSWORD: "hunter2"}  #! TW465',
    good="services:\n  web:\n    image: shop/web:1\n    secrets: [db-password]\n"
    "    env: {DB_PASSWORD_FILE: /run/secrets/db-password}\nsecrets: {db-password: {file: .secrets/db-password}}",
)
NOT_PUT_IN = Code(
    "TW464",
    "a variable that nobody puts in",
    Severity.WARNING,
    why="A string is literally that string on every target: compose would put something in for `${NAME}`, Kubernetes for "
    "`$(NAME)`, nginx for `$host`, and twipc writes all of them so that they stay as they are. Where the program in the "
    "container reads them itself, a comment ignores this.",
    bad="services:\n  web:\n    image: shop/web:1\n    env: {DB_HOST: '${DB_HOST:-db}'}  #! TW464",
    good="services:\n  web:\n    image: shop/web:1\n    env: {DB_HOST: db.example.com, PRICE: $5}",
)
ONE_WORD = Code(
    "TW477",
    "a whole command in one word",
    Severity.WARNING,
    why="A program is started by its list of words: nothing splits a word at its blanks, and the container ends "
    "at once, as no file has that whole name. Only an image whose own entrypoint is a shell reads such a word.",
    bad="services:\n  web:\n    image: shop/web:1\n    command: [\"nginx -g 'daemon off;'\"]  #! TW477",
    good="services:\n  web:\n    image: shop/web:1\n    command: [nginx, -g, daemon off;]",
)
NO_RIGHTS = Code(
    "TW727",
    "an image that becomes another user, without the rights to",
    Severity.WARNING,
    why="Images of databases are root as they start: they take over the folder of their data, and become a user of their own. "
    "A service may do nothing of what only root may but what `capabilities` names, so that this fails, at the first start or "
    "at the second. As that user from the start nothing has to be taken over: a new volume has the owner that the folder has "
    "in the image, and a folder of the host is given to it once.",
    bad="services:\n  db:\n    image: postgres:18  #! TW727\n    mounts: {/var/lib/postgresql: db}\n"
    "volumes: {db: {access: single-writer}}",
    good='services:\n  db:\n    image: postgres:18\n    user: "999:999"\n    mounts: {/var/lib/postgresql: db}\n'
    "volumes: {db: {access: single-writer}}",
)
SAME_NAME = Code(
    "TW416",
    "two environments with one name",
    Severity.ERROR,
    why="`<project>-<environment>` names compose projects, stacks and task families: one environment would replace the other's "
    "containers, on the same volumes.",
    raised_by="two specs in one folder whose project and environment come to the same name",
)
SAME_SERVICE = Code(
    "TW471",
    "services of two environments with one name",
    Severity.ERROR,
    why="Containers and task families are called <project>-<environment>-<service>, and a name may have hyphens itself: "
    "`cc-dd` of `aa-bb` is `dd` of `aa-bb-cc`. Compose would not start the second; ECS would take it for a new version of "
    "the first.",
    raised_by="two specs in one folder whose services come to the same name",
)
MADE_TWICE = Code(
    "TW472",
    "one thing that two environments would make",
    Severity.WARNING,
    why="A repository of images is of one stack: the second one that would make it fails at its first deployment. It can be "
    "shared all the same: one environment makes it, and others say that it is there.",
    raised_by="two specs in one folder that build one image, for one registry whose repositories the template makes",
)

CODES = (
    NO_LIMIT,
    ENDLESS_LOG,
    LOG_OPTION,
    OWN_LABEL,
    ONE_PER_HOST,
    UNUSED,
    EXTERNAL_NAME,
    PLAIN_SECRET,
    NOT_PUT_IN,
    ONE_WORD,
    NO_RIGHTS,
    SAME_NAME,
    SAME_SERVICE,
    MADE_TWICE,
)

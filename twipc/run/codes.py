"""What can be wrong where an environment is run."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NO_DOCKER = Code(
    "TW610",
    "Docker's client is not there",
    Severity.ERROR,
    why="An environment is run by the `docker` program: twipc speaks to no engine itself.",
    raised_by="`twipc up` without `docker` on PATH",
)
NO_ENGINE = Code(
    "TW611",
    "no engine answers",
    Severity.ERROR,
    why="Nothing can be run without one. The engine is the one that DOCKER_HOST or the context of `docker` names; within three "
    "seconds it answers, or is told as absent. Another one is never tried.",
    raised_by="`twipc up` while the engine is down",
)
NOT_ALLOWED = Code(
    "TW612",
    "the engine is there, and not for you",
    Severity.ERROR,
    why="Its socket belongs to root and a group: who may use it is as good as root on that machine.",
    raised_by="`twipc up` by who is not in the group of the engine's socket",
)
NO_CONTEXT = Code(
    "TW613",
    "there is no such context",
    Severity.ERROR,
    why="DOCKER_CONTEXT, or the client's own choice, names an engine that the client does not know.",
    raised_by="`twipc up` with a DOCKER_CONTEXT that does not exist",
)
NO_COMPOSE = Code(
    "TW614",
    "what the target is run by is not there",
    Severity.ERROR,
    why="Compose v2 is a plug-in of the client, and a package of its own on many systems; a stack is deployed by a manager of "
    "a swarm.",
    raised_by="`twipc up` where `docker compose` is not installed",
)
REFUSED = Code(
    "TW615",
    "the engine refuses",
    Severity.ERROR,
    why="A command was carried out and failed, for a reason that its own last words tell. What ran before it stays as it is.",
    raised_by="`twipc up` where a port of the host is taken by somebody else",
)
STRANGER = Code(
    "TW620",
    "somebody else's container has a name of ours",
    Severity.ERROR,
    why="It lacks the labels of this environment, so it is not twipc's to stop or remove, whatever it is called.",
    raised_by="`twipc up` beside a container of the same name without our labels",
)
ELSEWHERE = Code(
    "TW621",
    "the environment was started from another folder",
    Severity.WARNING,
    why="Two checkouts that run one environment of one engine undo each other's changes.",
    raised_by="`twipc up` of what another checkout has started",
)
NO_SECRET = Code(
    "TW622",
    "a secret is not there",
    Severity.ERROR,
    why="A secret's value never passes through twipc, and no repository holds it: each machine that runs the environment has a "
    "file of its own. Its server would not start without it.",
    raised_by="`twipc up` before the file of a secret was made",
)
IN_GIT = Code(
    "TW721",
    "the file of a secret is in git",
    Severity.WARNING,
    why="Whoever has the repository, or any of its clones, has the secret; and its history keeps what is taken out of it.",
    raised_by="`twipc up` where the file of a secret was added to git",
)
NOT_BUILT = Code(
    "TW623",
    "an image was not built",
    Severity.ERROR,
    why="The spec says how it is built, so no registry is asked for it.",
    raised_by="`twipc up` before `twipc build`",
)
BUSY = Code(
    "TW624",
    "another run is at work",
    Severity.ERROR,
    why="Two runs that change one environment of one engine at the same time would undo each other's work.",
    raised_by="`twipc up` during another one of the same environment",
)
NOT_READY = Code(
    "TW630",
    "a service does not become ready",
    Severity.ERROR,
    why="It ended, fails its check, or has not passed it for as long as the spec gives it. Nothing was started after "
    "it; what runs, runs on.",
    raised_by="`twipc up` of a service that fails its check",
)
DRIFT = Code(
    "TW631",
    "what runs is not what the spec says",
    Severity.ERROR,
    why="Somebody scaled, stopped or changed it since, or the spec was changed and not brought up.",
    raised_by="`twipc status` where an instance is missing",
)
NOTHING_RUNS = Code(
    "TW632",
    "nothing runs that could be asked",
    Severity.ERROR,
    why="The environment is down, or publishes nothing that an `http` service serves.",
    raised_by="`twipc test` of an environment that is down",
)
BY_MODE = Code(
    "TW633",
    "the number of instances is the mode's",
    Severity.ERROR,
    why="Of an active-standby service one instance works and the others wait for its lock: how many, its mode says.",
    raised_by="`twipc scale` of an active-standby service",
)
CLOSED = Code(
    "TW634",
    "a published service would have no instance",
    Severity.ERROR,
    why="Whoever asks at its port would be refused: that is asked for once more, or said with --yes.",
    raised_by="`twipc scale` of a published service to 0, where nobody can be asked",
)
MISROUTED = Code(
    "TW635",
    "a request is not answered as the spec says",
    Severity.ERROR,
    why="No service that the route leads to answered, or with a status that is a failure.",
    raised_by="`twipc test` while the members of a backend are down",
)
LOST = Code(
    "TW636",
    "requests were lost, or answered with another status than 2xx",
    Severity.ERROR,
    why="Figures of a run in which requests failed are no figures of a service that works.",
    raised_by="`twipc bench` while the members of a backend are down",
)
IN_USE = Code(
    "TW637",
    "data of what still runs is not removed",
    Severity.ERROR,
    why="Volumes hold the environment's state: they are removed by their name, and only when nothing of it is there any more.",
    raised_by="`twipc clean --volumes` of an environment that is up",
)

NO_REGISTRY = Code(
    "TW642",
    "an image has no registry to be pushed to",
    Severity.ERROR,
    why="A name without a registry is one of Docker's Hub: what is built here would be pushed there, for everybody to see.",
    raised_by="`twipc pack` without --registry, of a spec that names none",
)
NOT_OURS = Code(
    "TW643",
    "an image was not built here",
    Severity.ERROR,
    why="It lacks the label that `twipc build` gives each image of the project: it may be somebody else's of the same name, "
    "and is not pushed.",
    raised_by="`twipc pack` of an image that was built by other means",
)

NO_TEMPLATE = Code(
    "TW710",
    "there is nothing to deploy an environment by",
    Severity.ERROR,
    why="An environment is deployed as one stack, from one template: a warning of `compile` says why there is none.",
    raised_by="`twipc deploy` of an environment that CloudFormation can have no template of",
)
NO_EXTRA = Code(
    "TW711",
    "what speaks to AWS is not installed",
    Severity.ERROR,
    why="Who deploys nothing needs no SDK: it comes with the extra `aws`. `--dry-run` needs neither it nor an account.",
    raised_by="`twipc deploy` where botocore is not installed",
)
NO_CREDENTIALS = Code(
    "TW712",
    "nobody says who deploys",
    Severity.ERROR,
    why="Credentials are looked for as all of AWS's tools do: in variables, profiles, a session, or the role of the machine.",
    raised_by="`twipc deploy` without credentials",
)
AWS_REFUSED = Code(
    "TW713",
    "AWS refuses, or does not answer",
    Severity.ERROR,
    why="A request was made and failed, for a reason that its own words tell: a right that is missing, a limit, no network.",
    raised_by="`twipc deploy` by who may not make a change set",
)
NOT_OUR_STACK = Code(
    "TW714",
    "a stack of this name is somebody else's",
    Severity.ERROR,
    why="It lacks the tags of this environment, so it is not twipc's to change, whatever it is called.",
    raised_by="`twipc deploy` beside a stack of the same name without our tags",
)
STUCK = Code(
    "TW715",
    "the stack can take no update",
    Severity.ERROR,
    why="Its first deployment failed, or going back did: CloudFormation wants that seen to before.",
    raised_by="`twipc deploy` after a first deployment that was rolled back",
)
TOO_LONG = Code(
    "TW716",
    "the template is too long for a request",
    Severity.ERROR,
    why="51,200 bytes go with a request; a longer template is read by CloudFormation from S3, as long as it is not over 1 MB.",
    raised_by="`twipc deploy` of many services without --bucket",
)
NO_PARAMETER = Code(
    "TW717",
    "a parameter of the template is not said",
    Severity.ERROR,
    why="What only AWS can tell and the spec does not say is asked for at the first deployment; later ones keep it.",
    raised_by="`twipc deploy` of services without security groups, without --parameter Vpc=…",
)
OTHERWISE = Code(
    "TW718",
    "CloudFormation would do what was not told",
    Severity.ERROR,
    why="What was told comes from two templates, and from CloudFormation's own table. Where its change set deletes or replaces "
    "something else, the stack is not what its template says: nothing is done.",
    raised_by="`twipc deploy` where a change set replaces what the template does not change",
)
NOT_DEPLOYED = Code(
    "TW719",
    "a deployment failed",
    Severity.ERROR,
    why="Something could not be made, or a service did not become steady. What failed first is the reason; CloudFormation "
    "takes back the rest by itself.",
    raised_by="`twipc deploy` of a service whose tasks end at once",
)
OF_ANOTHER = Code(
    "TW720",
    "what is said to run is of another environment",
    Severity.ERROR,
    why="A stack is brought up to date from its own template. Beside another environment's nearly all would be told as updates "
    "and deletions that no deployment makes.",
    raised_by="`twipc deploy --dry-run --against` the template of another environment",
)

CODES = (
    *(NO_DOCKER, NO_ENGINE, NOT_ALLOWED, NO_CONTEXT, NO_COMPOSE, REFUSED),
    *(STRANGER, ELSEWHERE, NO_SECRET, IN_GIT, NOT_BUILT, BUSY, NOT_READY, DRIFT),
    *(NOTHING_RUNS, BY_MODE, CLOSED, MISROUTED, LOST, IN_USE),
    *(NO_REGISTRY, NOT_OURS),
    *(NO_TEMPLATE, NO_EXTRA, NO_CREDENTIALS, AWS_REFUSED, NOT_OUR_STACK, STUCK),
    *(TOO_LONG, NO_PARAMETER, OTHERWISE, NOT_DEPLOYED, OF_ANOTHER),
)

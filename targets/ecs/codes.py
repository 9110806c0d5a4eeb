"""What only the ECS target finds."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_ROLE = '"arn:aws:iam::111122223333:role/'
_GROUP = '"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071"'
_EC2 = f"""\
targets:
  ecs:
    launch: ec2
    region: eu-west-1
    cluster: shop
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: {_ROLE}shop-execution"
"""
_WEB = "services:\n  web:\n    image: shop/web:1\n    resources: {memory: 64MiB}\n"
_TWO_VOLUMES = f"""\
{_EC2}    task_roles: {{web: {_ROLE}web"}}
    volumes:
      mail: {{file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}
      news: {{file_system: fs-0a1b2c3d, access_point: fsap-0b1c2d3e}}
{_WEB}    mounts: {{/news: news, /mail: mail}}
volumes: {{news: {{access: single-writer}}, mail: {{access: single-writer}}}}
"""
_STATS = f"""\
{_EC2}    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
services:
  edge:
    resources: {{memory: 64MiB}}
    env: {{LEVEL: info}}
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      default: {{status: 404}}
      stats: {{number: 1936, auth: {{secret: statistics}}}}
secrets:
  statistics: {{ecs: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/stats"}}
"""
_MEMBERS = f"""\
{_EC2}    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
    namespace: shop.internal
{_WEB}    ports: {{http: 8080}}
    health: {{command: [check]}}
    replicas: 8
  edge:
    resources: {{memory: 64MiB}}
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      backends: {{web: {{members: [web.http]}}}}
      routes: [{{match: {{prefix: /}}, backend: web}}]
      default: {{status: 404}}
"""
_FILES = f"""\
{_EC2}{_WEB}    mounts: {{/news: news}}
volumes:
  news: {{access: single-writer}}
"""
_SIX_GROUPS = ", ".join(f"sg-0a1b2c{number}d" for number in range(6))
_BUILT = f"{_EC2}    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com\n{_WEB}    build: app\n"
_PUBLISHED = f"{_WEB}    ports: {{http: 8080}}\n"
_ASKING = "  worker:\n    image: shop/worker:1\n    resources: {memory: 64MiB}\n    env:\n      WEB_HOST: %s\n"
_DNS = f"{_WEB}    ports: {{dns: {{number: 53, protocol: udp}}, tcp: 53}}\n    publish: [{{port: dns, host: 53}}]\n"

MISSING = Code(
    "ECS101",
    "something that only AWS can tell is not said",
    Severity.ERROR,
    why="It is part of what is registered. A placeholder in its place would be found out at the first deployment.",
    bad=_EC2.replace("  ecs:\n", "  ecs:  #! ECS101\n") + _WEB + "    build: web\n",
    good=_EC2 + "    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com\n" + _WEB + "    build: web\n",
)
UNUSED = Code(
    "ECS102",
    "an option has no effect",
    Severity.ERROR,
    why="What it is for is not there, or every service has its own: a name was mistyped, or what it was for is gone.",
    bad=f'{_EC2}    task_roles: {{wep: {_ROLE}web"}}  #! ECS102\n{_WEB}',
    good=f'{_EC2}    task_roles: {{web: {_ROLE}web"}}\n{_WEB}',
)
NO_SIZE = Code(
    "ECS103",
    "a task has no size",
    Severity.ERROR,
    why="Fargate has fixed task sizes of vCPU and memory, and wants both; ECS on EC2 places no task without its memory.",
    bad=_EC2 + _WEB.replace("  web:\n", "  web:  #! ECS103\n").replace("    resources: {memory: 64MiB}\n", ""),
    good=_EC2 + _WEB,
)
ONE_PLACE = Code(
    "ECS104",
    "two volumes are one place",
    Severity.ERROR,
    why="Two names for one folder hide a second writer: whoever mounts the other name writes the same files.",
    bad=_TWO_VOLUMES.replace("fsap-0b1c2d3e}", "fsap-0a1b2c3d}  #! ECS104"),
    good=_TWO_VOLUMES,
)
VARIABLE_TWICE = Code(
    "ECS105",
    "a variable would be set twice",
    Severity.ERROR,
    why="On ECS the password of the statistics page is a variable named like its secret: the two would be one.",
    bad=_STATS.replace("LEVEL: info}", "STATISTICS: info}  #! ECS105"),
    good=_STATS,
)
TOO_LARGE = Code(
    "ECS106",
    "more than ECS takes",
    Severity.ERROR,
    why="A task definition has at most 64 KiB, a service five target groups, and of each thing there is a most: ECS refuses "
    "more, at the deployment.",
    bad=_EC2.replace("[sg-0a1b2c3d]", f"[{_SIX_GROUPS}]  #! ECS106") + _WEB,
    good=_EC2 + _WEB,
)
LISTENER = Code(
    "ECS107",
    "the port outside is the load balancer's",
    Severity.NOTE,
    why="A task has an address of its own. What is published is reached through its target group: on which port, and from "
    "where, its listener says.",
    bad=f"{_EC2}    target_groups: {{web: {{http: {_GROUP}}}}}\n{_PUBLISHED}"
    "    publish: [{port: http, host: 80}]  #! ECS107\n",
    good=_EC2 + _PUBLISHED,
)
ONE_ROLE = Code(
    "ECS108",
    "the task role is the execution role",
    Severity.WARNING,
    why="The execution role is for ECS: it reads the values of secrets and pulls images. As task role it gives the program in "
    "the container the same rights, beyond the secrets that the spec hands to it.",
    bad=f'{_EC2}    task_roles: {{web: {_ROLE}shop-execution"}}  #! ECS108\n{_WEB}',
    good=f'{_EC2}    task_roles: {{web: {_ROLE}web"}}\n{_WEB}',
)

ELSEWHERE = Code(
    "ECS109",
    "an option of another region or account",
    Severity.ERROR,
    why="ECS finds cluster, roles, Cloud Map services and target groups only in the account, and those that belong to a region "
    "only in the region, that the service is made in.",
    bad=f'{_EC2}    task_roles: {{web: {_ROLE.replace("111122223333", "444455556666")}web"}}  #! ECS109\n{_WEB}',
    good=f'{_EC2}    task_roles: {{web: {_ROLE}web"}}\n{_WEB}',
)
UDP = Code(
    "ECS110",
    "a UDP port needs a network load balancer",
    Severity.NOTE,
    why="Its target group is of protocol UDP, or TCP_UDP where the number is published for both (ELB guide, target groups of "
    "Network Load Balancers); an application load balancer leads nobody to it.",
    bad=f"{_EC2}    target_groups: {{web: {{dns: {_GROUP}}}}}\n{_WEB}    ports: {{dns: {{number: 53, protocol: udp}}}}\n"
    "    publish: [{port: dns, host: 53}]  #! ECS110\n"
    "accept: [{code: ECS107, at: services.web.publish.dns, target: ecs, because: the listener is on 53 too}]\n",
    good=_EC2 + _WEB + "    ports: {dns: {number: 53, protocol: udp}}\n",
)

UNTEMPLATED = Code(
    "ECS111",
    "an environment without a template",
    Severity.WARNING,
    why="CloudFormation takes at most 500 resources, replaces `{{resolve:…}}` wherever it stands, and runs what is called like "
    "one of its functions. Such an environment has the inputs of `aws ecs` alone, which mean the same.",
    bad=_EC2 + _WEB + '    command: [run, "{{resolve:ssm:x}}"]  #! ECS111\n',
    good=_EC2 + _WEB + '    command: [run, "{{x}}"]\n',
)

FULL = Code(
    "ECS112",
    "more than a role or a security group has room for",
    Severity.ERROR,
    why="The inline policies of a role have 10,240 characters, and a security group has 60 rules in each direction, unless AWS "
    "was asked for more (quotas of IAM and of VPC). What the template makes stays below, or the stack would fail halfway.",
    raised_by="a service that 61 others ask, in groups that the template makes",
)
MEMBERS = Code(
    "ECS113",
    "more members than one answer names",
    Severity.WARNING,
    why="Cloud Map answers with eight instances at most, others each time. A server takes for members those that it last heard "
    "of, so that with more of them some come and go.",
    bad=_MEMBERS.replace("replicas: 8", "replicas: 9  #! ECS113"),
    good=_MEMBERS,
)

OWNERLESS = Code(
    "ECS114",
    "nobody says whose the files of a volume are",
    Severity.ERROR,
    why="All that comes to a file system by its access point is of one user, whoever runs in the container, and never root. It "
    "is the `user` of the services that mount the volume, or what `volume_owners` says: of another, a program that looks "
    "whose its files are finds a stranger's.",
    bad=_FILES.replace("single-writer}", "single-writer}  #! ECS114"),
    good=_FILES.replace("    mounts", '    user: "10001:10001"\n    mounts'),
)
SHORT_NAME = Code(
    "ECS130",
    "an image that ECR has no repository for",
    Severity.ERROR,
    why="A repository is called as the image is, and ECR's names have two characters at least: it could not be made.",
    bad=_BUILT.replace("shop/web:1", "w:1  #! ECS130"),
    good=_BUILT,
)

OTHER_NETWORK = Code(
    "ECS115",
    "an option of another network",
    Severity.ERROR,
    why="Subnets, security groups, target groups, mount targets and private names are of one VPC, and that which the template "
    "makes is new: none of them can be in it.",
    bad=_EC2.replace("    subnets: [subnet-0a1b2c3d]\n", "    network: {cidr: 10.0.0.0/16}\n").replace(
        "[sg-0a1b2c3d]", "[sg-0a1b2c3d]  #! ECS115"
    )
    + _WEB,
    good=_EC2.replace(
        "    subnets: [subnet-0a1b2c3d]\n    security_groups: [sg-0a1b2c3d]\n", "    network: {cidr: 10.0.0.0/16}\n"
    )
    + _WEB,
)
TWO_TARGETS = Code(
    "ECS118",
    "a port outside that leads to two",
    Severity.ERROR,
    why="A load balancer listens on a port once, by TCP, by UDP or by both, and hands on to one port of one service. "
    "CloudFormation would find out halfway.",
    bad=_EC2 + _DNS.replace("host: 53}]", "host: 53}, {port: tcp, host: 53}]  #! ECS118").replace("tcp: 53", "tcp: 5353"),
    good=_EC2 + _DNS.replace("host: 53}]", "host: 53}, {port: tcp, host: 53}]"),
)
NOT_READY = Code(
    "ECS119",
    "a task that is not ready is replaced",
    Severity.WARNING,
    why="Elsewhere nobody is ended for not being ready. What a load balancer finds unhealthy, ECS stops and starts anew (ECS "
    "guide, service load balancing); who is not ready because another is not is ended in vain.",
    bad=_EC2 + _PUBLISHED + "    publish: [{port: http, host: 80}]\n    ready: {http: /ready}  #! ECS119\n",
    good=_EC2 + _PUBLISHED + "    publish: [{port: http, host: 80}]\n",
)
UNASKED = Code(
    "ECS120",
    "a load balancer has nothing to ask",
    Severity.ERROR,
    why="It asks for health by TCP or HTTP, also where it hands on UDP (ELB guide, health checks of Network Load Balancers). "
    "Who does not answer is never healthy, and would be replaced for ever.",
    bad=_EC2 + _DNS.replace(", tcp: 53}", "}").replace("host: 53}]", "host: 53}]  #! ECS120"),
    good=_EC2 + _DNS,
)
NAMED = Code(
    "ECS125",
    "a service is called by a name that it has on Docker's networks alone",
    Severity.WARNING,
    why="Containers on one network of Docker find each other by their services' names. A task has no such network: it asks "
    "the VPC's resolver, where a service has the name that Cloud Map gives it, and only if somebody takes its `address`; "
    "and the security groups of the template let in who takes it. An address is right on every target, whole or in parts.",
    bad=_EC2 + _PUBLISHED + _ASKING % "web  #! ECS125",
    good=_EC2 + "    namespace: shop.internal\n" + _PUBLISHED + _ASKING % "{address: web.http, only: host}",
)

CODES = (
    *(MISSING, UNUSED, NO_SIZE, ONE_PLACE, VARIABLE_TWICE, TOO_LARGE, LISTENER, ONE_ROLE, ELSEWHERE, UDP, UNTEMPLATED),
    *(FULL, MEMBERS, OWNERLESS, OTHER_NETWORK, SHORT_NAME, TWO_TARGETS, NOT_READY, UNASKED, NAMED),
)

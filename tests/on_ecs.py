"""On ECS a database whose file system the spec names, and what tests put more services below; and one that is built here."""

from __future__ import annotations

_HERE = """\
twipc: 1
project: shop
environment: prod
targets:
  ecs:
    launch: fargate
    region: eu-west-1
    cluster: shop-prod
    subnets: [subnet-0a1b2c3d]
    security_groups: [sg-0a1b2c3d]
    execution_role: "arn:aws:iam::111122223333:role/start"
"""
HEAD = f"""{_HERE}\
    task_roles: {{db: "arn:aws:iam::111122223333:role/db"}}
    volumes: {{news: {{file_system: fs-0a1b2c3d, access_point: fsap-0a1b2c3d}}}}
services:
"""
NEWS = "volumes: {news: {access: single-writer}}\n"
ON_ECS = f'{HEAD}  db: {{image: "shop/db:1", mounts: {{/data: news}}, resources: {{cpu: 0.25, memory: 512MiB}}}}\n{NEWS}'
BUILT_ON_ECS = f"""{_HERE}\
    registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
services:
  web: {{image: "shop/web:1", build: ., resources: {{cpu: 0.25, memory: 512MiB}}}}
"""

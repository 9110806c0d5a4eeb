"""The file systems that a template makes: who may mount them, as whom, and what becomes of them."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
import pytest
from botocore.model import StringShape, StructureShape

from targets.ecs.task.file_systems import _called
from tests.compiling import Outcome
from tests.conformance.test_ecs import compiled_text
from tests.conformance.test_ecs_template import ENDPOINTS, NEWS, SUBNETS, rules, talking, text_of, unnoticed

OWNED = (NEWS, '    volume_owners: {news: "70:71"}\n')
USED = ((NEWS, ""), ("    mounts: {/data: news}", '    user: "70:71"\n    mounts: {/data: news}'))
ROLE = "arn:aws:iam::111122223333:role/shop-db"
GATE = "127.0.0.1/32", "icmp", -1, "nothing else"


def made(outcome: Outcome) -> Any:
    return json.loads(text_of(outcome))["Resources"]


def properties(outcome: Outcome, name: str) -> Any:
    return made(outcome)[name]["Properties"]


def test_a_volume_without_a_place_is_a_file_system_of_its_own() -> None:
    resources = made(talking(OWNED))
    kinds = {name: one["Type"] for name, one in resources.items() if "News" in name}
    assert kinds == {
        "NewsFiles": "AWS::EFS::FileSystem",
        "NewsAccess": "AWS::EFS::AccessPoint",
        "NewsNfs": "AWS::EC2::SecurityGroup",
        "NewsMountIn0a1b2c3d": "AWS::EFS::MountTarget",
        "DbMountsNewsOn2049": "AWS::EC2::SecurityGroupEgress",
    }
    [volume] = resources["DbTask"]["Properties"]["Volumes"]
    assert volume["EFSVolumeConfiguration"] == {
        "FilesystemId": {"Ref": "NewsFiles"},
        "TransitEncryption": "ENABLED",
        "AuthorizationConfig": {"AccessPointId": {"Ref": "NewsAccess"}, "IAM": "ENABLED"},
    }
    assert resources["NewsFiles"]["Properties"]["Encrypted"] is True
    assert {"DbMountsNewsOn2049", "NewsMountIn0a1b2c3d"} <= {*resources["DbService"]["DependsOn"]}
    assert "NewsMountIn0a1b2c3d" not in resources["WebService"]["DependsOn"]


@pytest.mark.parametrize("launch", ["fargate", "ec2"])
def test_who_mounts_it_is_let_in_and_nobody_else(launch: str) -> None:
    out = talking(OWNED, ("launch: fargate", f"launch: {launch}"))
    assert rules(out, "NewsNfs") == ({("DbGroup", "tcp", 2049, "from db")}, {GATE})
    outside = {rule for rule in rules(out, "DbGroup")[1] if rule[2] in (443, 2049)}
    assert outside == {("NewsNfs", "tcp", 2049, "to the volume news"), *([ENDPOINTS] if launch == "fargate" else [])}
    mounts = {name: one["Properties"] for name, one in made(out).items() if one["Type"] == "AWS::EFS::MountTarget"}
    assert all(one["SecurityGroups"] == [{"Fn::GetAtt": ["NewsNfs", "GroupId"]}] for one in mounts.values())


def test_groups_of_ones_own_are_let_in() -> None:
    out = talking(OWNED, ("    registry:", "    service_security_groups: {db: [sg-0a1b2c3d, sg-0b1c2d3e]}\n    registry:"))
    inward, _ = rules(out, "NewsNfs")
    assert inward == {("sg-0a1b2c3d", "tcp", 2049, "from db"), ("sg-0b1c2d3e", "tcp", 2049, "from db")}
    assert "DbMountsNewsOn2049" not in made(out)


def test_where_one_may_go_anywhere_no_rule_is_wanted_for_it() -> None:
    out = talking(
        OWNED,
        (
            "    networks: [back]\n    resources: {cpu: 0.25, memory: 512MiB}\n  move-to",
            "    networks: [edge, back]\n    resources: {cpu: 0.25, memory: 512MiB}\n  move-to",
        ),
    )
    assert rules(out, "DbGroup")[1] == {("0.0.0.0/0", "-1", -1, "its networks have a way out")}


def test_a_job_that_mounts_has_a_group_that_is_let_in() -> None:
    """Also where nobody else has one from here."""
    said = (
        "    registry:",
        "    service_security_groups: {db: [sg-0a1b2c3d], web: [sg-0a1b2c3d], proxy: [sg-0a1b2c3d]}\n    registry:",
    )
    mounts = ("    image: shop/move:1\n", "    image: shop/move:1\n    mounts: {/data: news}\n")
    out = talking(OWNED, said, mounts, ("single-writer", "shared"))
    assert ("MoveToGroup", "tcp", 2049, "from move-to") in rules(out, "NewsNfs")[0]
    assert "MoveToGroup" in json.loads(text_of(out))["Outputs"]
    assert "MoveToGroup" not in made(talking(OWNED, said))


def test_its_role_may_mount_it_by_its_folder_alone() -> None:
    [policy] = properties(talking(OWNED), "DbTaskRole")["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Resource": {"Fn::GetAtt": ["NewsFiles", "Arn"]},
            "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": {"Fn::GetAtt": ["NewsAccess", "Arn"]}}},
        }
    ]
    [policy] = properties(talking(OWNED, ("single-writer", "read-only")), "DbTaskRole")["Policies"]
    assert policy["PolicyDocument"]["Statement"][0]["Action"] == "elasticfilesystem:ClientMount"


def test_nobody_comes_without_tls_and_roles_that_are_said_are_let_in_by_the_file_system() -> None:
    [refused] = properties(talking(OWNED), "NewsFiles")["FileSystemPolicy"]["Statement"]
    assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    said = ("    registry:", f'    task_roles: {{db: "{ROLE}"}}\n    registry:')
    [again, allowed] = properties(talking(OWNED, said), "NewsFiles")["FileSystemPolicy"]["Statement"]
    assert again == refused
    assert (allowed["Effect"], allowed["Principal"]) == ("Allow", {"AWS": [ROLE]})
    assert allowed["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert "ClientRootAccess" not in json.dumps(allowed)
    assert list(allowed["Condition"]["ArnLike"]) == ["elasticfilesystem:AccessPointArn"]


@pytest.mark.parametrize(("said", "policy", "backup"), [("keep", "Retain", "ENABLED"), ("delete", "Delete", "DISABLED")])
def test_it_goes_with_the_stack_where_the_spec_says_so(said: str, policy: str, backup: str) -> None:
    out = talking(OWNED, ("single-writer}", f"single-writer, retention: {said}}}"))
    files = made(out)["NewsFiles"]
    assert (files["DeletionPolicy"], files["UpdateReplacePolicy"]) == (policy, "Retain")
    assert files["Properties"]["BackupPolicy"] == {"Status": backup}
    assert ("NewsFiles" in json.loads(text_of(out))["Outputs"]) == (said == "keep")
    assert not out.codes
    placed = talking(("single-writer}", f"single-writer, retention: {said}}}"))
    assert placed.codes == ([] if said == "keep" else ["TW501"])  # nobody here deletes what is there


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ([OWNED], ("70", "71")),
        (USED, ("70", "71")),
        ([USED[0], (USED[1][0], USED[1][1].replace(":71", ""))], ("70", "70")),
        ([(NEWS, '    volume_owners: {news: "72"}\n'), USED[1]], ("72", "72")),
    ],
)
def test_its_files_are_of_the_user_who_is_said(changes: Any, owner: tuple[str, str]) -> None:
    access = properties(talking(*changes), "NewsAccess")
    assert (access["PosixUser"]["Uid"], access["PosixUser"]["Gid"]) == owner
    assert access["RootDirectory"]["Path"] == "/news"
    folder = access["RootDirectory"]["CreationInfo"]
    assert folder == {"OwnerUid": owner[0], "OwnerGid": owner[1], "Permissions": "0750"}


def test_an_engine_has_the_user_of_its_image() -> None:
    mounts = ("    networks: [edge, back]\n", "    networks: [edge, back]\n    mounts: {/pages: news}\n")
    out = talking((NEWS, ""), mounts, ("    mounts: {/data: news}\n", ""), ("single-writer", "read-only"))
    assert properties(out, "NewsAccess")["PosixUser"] == {"Uid": "99", "Gid": "99"}


@pytest.mark.parametrize("user", ["", '"0"', '"0:0"', '"70:0"', '"0:70"'])
def test_it_is_never_roots(user: str) -> None:
    """Nobody is let in as root, and so whose files root's would be is asked."""
    out = talking((NEWS, ""), *([(USED[1][0], USED[1][1].replace('"70:71"', user))] if user else []))
    assert [(one.code.id, one.at) for one in out.findings] == [("ECS114", "volumes.news")]
    if user:
        out = talking((NEWS, f"    volume_owners: {{news: {user}}}\n"))
        assert [(one.code.id, one.at) for one in out.findings] == [("ECS114", "targets.ecs.volume_owners.news")]


def test_two_users_of_one_volume_are_asked_whose_it_is() -> None:
    two = (*USED, ("    image: shop/move:1\n", '    image: shop/move:1\n    user: "80"\n    mounts: {/data: news}\n'))
    shared = ("single-writer", "shared")
    [found] = talking(*two, shared).findings
    assert found.code.id == "ECS114"
    assert found.message == "the files of `news` are of one user, and `db` and `move-to` run as different ones"
    assert not talking(*two[1:], shared, OWNED).codes


@pytest.mark.parametrize(
    "changes",
    [
        [(NEWS, NEWS + '    volume_owners: {news: "70"}\n')],
        [(NEWS, '    volume_owners: {news: "70", mail: "70"}\n')],
        [OWNED, ("single-writer", "scratch")],
    ],
    ids=["its place is said", "not mounted", "not on EFS"],
)
def test_an_owner_of_nothing_is_told(changes: Any) -> None:
    assert talking(*changes).codes == ["ECS102"]


def test_in_each_subnet_there_is_one_way_to_it_called_after_it() -> None:
    two = talking(OWNED, (SUBNETS, "    subnets: [subnet-0b1c2d3e, subnet-0a1b2c3d]\n"))
    one, both = made(talking(OWNED)), made(two)
    assert both["NewsMountIn0a1b2c3d"] == one["NewsMountIn0a1b2c3d"]
    assert {name for name in both if "MountIn" in name} == {"NewsMountIn0a1b2c3d", "NewsMountIn0b1c2d3e"}


def test_where_no_subnet_is_said_the_deployment_is_asked() -> None:
    template = json.loads(text_of(talking(OWNED, (SUBNETS, ""))))
    assert list(template["Parameters"]) == ["Vpc", "PrivateSubnetA", "PrivateSubnetB"]
    subnets = [{"Ref": "PrivateSubnetA"}, {"Ref": "PrivateSubnetB"}]
    network = template["Resources"]["DbService"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["Subnets"] == subnets
    mounts = [one["Properties"]["SubnetId"] for name, one in template["Resources"].items() if "MountIn" in name]
    assert mounts == subnets
    assert list(json.loads(text_of(talking()))["Parameters"]) == ["Vpc"]


def test_names_that_could_be_misread_have_a_digest() -> None:
    assert _called("web", "news") == "WebMountsNewsOn2049"
    assert _called("aa-mounts-b", "cc") != _called("aa", "b-mounts-cc")


SMALL = """\
twipc: 1
project: shop
environment: prod
targets: {ecs: {launch: fargate, region: eu-west-1, cluster: shop, execution_role: "arn:aws:iam::111122223333:role/shop"}}
services:
  web:
    image: shop/web:1
    user: "70"
    mounts: {/data: news}
    networks: [back]
    resources: {cpu: 0.25, memory: 512MiB}
volumes: {news: {access: shared, retention: delete}}
networks: {back: {internal: true}}
accept: [{code: TW513, at: networks.back.internal, target: ecs, because: it is a test}]
"""


def test_each_fault_in_a_line_of_it_is_noticed() -> None:
    assert unnoticed(compiled_text(SMALL)) == []


def mounting(count: int) -> Outcome:
    web = '    image: shop/web:1\n    user: "70"\n    mounts: {/data: news}\n    resources: {cpu: 0.25, memory: 512MiB}\n'
    services = "".join(f"  web-{number}:\n{web}" for number in range(count))
    head = "twipc: 1\nproject: shop\nenvironment: prod\ntargets:\n  ecs: {launch: fargate, region: eu-west-1, cluster: shop}\n"
    return compiled_text(f"{head}services:\n{services}volumes: {{news: {{access: shared}}}}\n")


def test_more_services_than_its_group_has_rules_for_are_found() -> None:
    assert not mounting(60).codes
    [found] = [one for one in mounting(61).findings if one.code.id == "ECS112"]
    assert found.at == "volumes.news"


def test_the_api_has_the_words() -> None:
    """CloudFormation's are the API's, with the same values."""
    api = botocore.session.get_session().get_service_model("efs")

    def values(name: str) -> list[str]:
        shape = api.shape_for(name)
        assert isinstance(shape, StringShape)
        return shape.enum

    def pattern(name: str) -> str:
        found: str = api.shape_for(name).metadata["pattern"]
        return found

    out = talking(OWNED)
    files, access = properties(out, "NewsFiles"), properties(out, "NewsAccess")
    assert files["PerformanceMode"] in values("PerformanceMode")
    assert files["ThroughputMode"] in values("ThroughputMode")
    assert files["BackupPolicy"]["Status"] in values("Status")
    rules_ = {"TransitionToIA": "TransitionToIARules"}
    for policy in files["LifecyclePolicies"]:
        [(key, value)] = policy.items()
        assert value in values(rules_.get(key, f"{key}Rules"))
    assert re.fullmatch(pattern("Permissions"), access["RootDirectory"]["CreationInfo"]["Permissions"])
    assert re.fullmatch(pattern("Path"), access["RootDirectory"]["Path"])
    assert re.fullmatch(pattern("Path"), "/" + 31 * "a")
    shape = api.shape_for("CreationInfo")
    assert isinstance(shape, StructureShape)
    assert set(shape.required_members) == set(access["RootDirectory"]["CreationInfo"])

"""What an update of a stack does, told from two templates."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.ecs.deploying.differences import origins
from targets.ecs.deploying.stack import DEPLOYING
from tests.compiling import committed, compiled_spec, compiled_text
from tests.on_ecs import HEAD, NEWS
from twipc.model import Model
from twipc.target import Artifact
from twipc.target.deploying import Act, Change, Interruption, NoTemplate, Operation

WEB = "  web: {image: shop/web:1, replicas: 2, stop_grace: 20s, resources: {cpu: 0.25, memory: 512MiB}}\n"
DB = "  db: {image: shop/db:1, mounts: {/data: news}, stop_grace: 20s, resources: {cpu: 0.25, memory: 512MiB}}\n"
JOB = "  migrate: {kind: job, image: shop/db:1, resources: {cpu: 0.25, memory: 512MiB}}\n"
SPEC = HEAD + WEB + DB + JOB + NEWS
STATELESS = "".join(line for line in (HEAD + WEB + JOB).splitlines(keepends=True) if "news" not in line and "roles" not in line)
Template = dict[str, Any]


@cache
def model(text: str = SPEC) -> Model:
    found = compiled_text(text).model
    assert found
    return found


@cache
def artifact(text: str = SPEC) -> Artifact:
    outcome = compiled_text(text)
    assert outcome.compiled, outcome.findings
    return next(one for one in outcome.compiled[0].bundle.artifacts if one.path == DEPLOYING.file)


def operation(after: str, before: str | None, edit: Callable[[Template], object] = lambda _template: None) -> Operation:
    """From one spec, in whose template something is edited, to another."""
    running = json.loads(artifact(before).text) if before else None
    if running:
        edit(running)
    return DEPLOYING.compare(model(after), artifact(after), json.dumps(running) if running else None, frozenset())


def between(before: Template, after: Template, others: frozenset[str] = frozenset()) -> Operation:
    """From one template to another, neither of a spec."""
    text = json.dumps(after, indent=2) + "\n"
    return DEPLOYING.compare(
        model(), Artifact(DEPLOYING.file, text, ((),) * len(text.splitlines())), json.dumps(before), others
    )


def acts(found: Operation) -> dict[str, str]:
    return {one.id: one.act.value for one in found.changes}


def change(found: Operation, id_: str) -> Change:
    return next(one for one in found.changes if one.id == id_)


def codes(found: Operation) -> list[str]:
    return [one.code.id for one in found.findings]


def test_where_nothing_runs_everything_is_created() -> None:
    found = operation(SPEC, None)
    assert set(acts(found)) == set(json.loads(artifact().text)["Resources"])
    assert {one.act for one in found.changes} == {Act.CREATED}
    assert change(found, "WebService").means == "2 tasks start"


def test_what_is_said_the_same_changes_nothing() -> None:
    assert operation(SPEC, SPEC) == Operation((), ())


def test_another_image_is_a_new_revision_that_rolls_out() -> None:
    found = operation(SPEC.replace("shop/web:1", "shop/web:2"), SPEC)
    assert acts(found) == {"WebTask": "replaced", "WebService": "updated"}
    service, task = change(found, "WebService"), change(found, "WebTask")
    assert (service.means, service.interruption) == ("rolling, new tasks first: 2 tasks always answer", Interruption.NONE)
    (cause,) = task.causes
    assert (cause.told, cause.at) == ("ContainerDefinitions Image was shop/web:1, is shop/web:2", ("services", "web", "image"))
    assert [one.told for one in service.causes] == ["TaskDefinition refers to WebTask, which is another"]


def test_a_single_writer_stops_first_which_is_an_outage() -> None:
    found = operation(SPEC.replace("shop/db:1, mounts", "shop/db:2, mounts"), SPEC)
    service = change(found, "DbService")
    assert service.interruption is Interruption.OUTAGE
    assert service.means == (
        "stop first: an outage while the old task ends (in 20 s at most) and the new one is fetched, started and ready"
    )


@pytest.mark.parametrize(
    ("least", "most", "means", "interruption"),
    [
        (100, 200, "rolling, new tasks first: 2 tasks always answer", Interruption.NONE),
        (50, 100, "rolling: at least 1 of 2 tasks always answers", Interruption.FEWER),
        (50, 200, "rolling: at least 1 of 2 tasks always answers", Interruption.FEWER),
        (1, 100, "rolling: at least 1 of 2 tasks always answers", Interruption.FEWER),
        (100, 149, "rolling: at least 2 of 2 tasks always answer", Interruption.FEWER),
    ],
)
def test_percentages_are_told_as_tasks(least: int, most: int, means: str, interruption: Interruption) -> None:
    """The least is rounded up and the most down, as the API says of them."""
    after = json.loads(artifact().text)
    configuration = after["Resources"]["WebService"]["Properties"]["DeploymentConfiguration"]
    configuration |= {"MinimumHealthyPercent": least, "MaximumPercent": most}
    text = json.dumps(after, indent=2) + "\n"
    edited = Artifact(DEPLOYING.file, text, ((),) * len(text.splitlines()))
    found = DEPLOYING.compare(model(), edited, artifact(SPEC.replace("web:1", "web:0")).text, frozenset())
    service = change(found, "WebService")
    assert (service.means, service.interruption) == (means, interruption)


@pytest.mark.parametrize(
    ("least", "most", "means"),
    [
        (100, 200, "rolling, new tasks first: as many as now always answer"),
        (50, 200, "rolling: at least 50 % of the tasks always answer"),
        (0, 100, "stop first: an outage while the old tasks end (in 20 s at most) and new ones are fetched, started and ready"),
    ],
)
def test_of_a_range_nobody_knows_how_many_there_are(least: int, most: int, means: str) -> None:
    after = json.loads(artifact().text)
    properties = after["Resources"]["WebService"]["Properties"]
    del properties["DesiredCount"]
    properties["DeploymentConfiguration"] |= {"MinimumHealthyPercent": least, "MaximumPercent": most}
    text = json.dumps(after, indent=2) + "\n"
    edited = Artifact(DEPLOYING.file, text, ((),) * len(text.splitlines()))
    found = DEPLOYING.compare(model(), edited, artifact(SPEC.replace("web:1", "web:0")).text, frozenset())
    assert change(found, "WebService").means == means
    left = DEPLOYING.compare(model(), edited, artifact().text, frozenset())
    assert change(left, "WebService").means == "in place: no task is replaced; how many there are is left to its range"


def test_a_number_takes_the_place_of_whatever_a_range_had() -> None:
    ranging = SPEC.replace("replicas: 2,", "replicas: 2, autoscaling: {max: 4, cpu: 60},")
    found = operation(SPEC, ranging)
    assert acts(found) == {"WebService": "updated", "WebRange": "deleted", "WebByCpu": "deleted"}
    service = change(found, "WebService")
    assert (service.means, service.interruption) == ("2 tasks in place of as many as the range had", Interruption.FEWER)


def test_more_and_fewer_tasks_leave_the_others_alone() -> None:
    found = operation(SPEC.replace("replicas: 2", "replicas: 3"), SPEC)
    assert acts(found) == {"WebService": "updated"}
    assert change(found, "WebService").means == "3 tasks in place of 2; no other task is replaced"
    none = change(operation(SPEC.replace("replicas: 2", "replicas: 0"), SPEC), "WebService")
    assert none.interruption is Interruption.OUTAGE


def test_a_service_that_is_taken_out_ends_and_its_log_stays() -> None:
    found = operation(SPEC.replace(WEB, ""), SPEC)
    assert acts(found) == {"WebService": "deleted", "WebTask": "deleted", "WebLogs": "kept"}
    assert change(found, "WebService").interruption is Interruption.OUTAGE
    assert change(found, "WebLogs").what == "log group of web"


def test_a_job_that_is_another_has_to_be_run() -> None:
    found = operation(SPEC.replace("job, image: shop/db:1", "job, image: shop/db:2"), SPEC)
    assert acts(found) == {"MigrateTask": "replaced"}
    assert "run it before" in change(found, "MigrateTask").means


def test_another_cluster_replaces_all_services() -> None:
    found = operation(STATELESS.replace("cluster: shop-prod", "cluster: shop-other"), STATELESS)
    assert change(found, "WebService").act is Act.REPLACED
    assert codes(found) == []


def test_a_cluster_of_the_template_takes_its_services_along() -> None:
    own = STATELESS.replace("    cluster: shop-prod\n", "")
    found = operation(own, own, lambda old: old["Resources"]["Cluster"]["Properties"].update(ClusterName="shop-old"))
    assert acts(found) == {"Cluster": "replaced", "WebService": "replaced"}
    assert codes(found) == []


def test_another_parameter_is_followed_like_what_is_replaced() -> None:
    own = STATELESS.replace("    security_groups: [sg-0a1b2c3d]\n", "")
    found = DEPLOYING.compare(model(own), artifact(own), artifact(own).text, frozenset({"Vpc"}))
    assert acts(found) == {"WebGroup": "replaced", "WebService": "updated", "MigrateGroup": "replaced"}
    assert [one.told for one in change(found, "WebGroup").causes] == ["VpcId refers to Vpc, which is another"]
    assert codes(found) == []


def test_a_name_in_the_place_of_a_reference_to_it_changes_nothing() -> None:
    def unreferred(old: Template) -> None:
        container = old["Resources"]["WebTask"]["Properties"]["ContainerDefinitions"][0]
        container["LogConfiguration"]["Options"]["awslogs-group"] = "/shop/prod/web"

    assert operation(SPEC, SPEC, unreferred).changes == ()


def test_a_service_that_must_be_replaced_under_its_name_is_refused() -> None:
    found = operation(SPEC, SPEC, lambda old: old["Resources"]["WebService"]["Properties"].update(LaunchType="EC2"))
    assert codes(found) == ["ECS135"]
    assert found.findings[0].at == "services.web"


def test_what_is_in_something_that_is_replaced_keeps_its_name() -> None:
    """A name of Cloud Map in another namespace is another name."""

    def template(namespace: str, ttl: int) -> Template:
        space = {"Type": "AWS::ServiceDiscovery::PrivateDnsNamespace", "Properties": {"Name": namespace, "Vpc": "vpc-0a1b2c3d"}}
        name = {"Name": "web", "NamespaceId": {"Ref": "Namespace"}, "HealthCheckCustomConfig": {"FailureThreshold": ttl}}
        return {"Resources": {"Namespace": space, "WebName": {"Type": "AWS::ServiceDiscovery::Service", "Properties": name}}}

    moved = between(template("shop.internal", 1), template("shop.example", 1))
    assert (acts(moved), codes(moved)) == ({"Namespace": "replaced", "WebName": "replaced"}, [])
    checked = between(template("shop.internal", 1), template("shop.internal", 2))
    assert (acts(checked), codes(checked)) == ({"WebName": "replaced"}, ["ECS135"])


def test_a_resource_of_another_kind_is_refused() -> None:
    def other(old: Template) -> None:
        old["Resources"]["WebLogs"] = {"Type": "AWS::ECS::Cluster", "Properties": {}}

    found = operation(SPEC, SPEC, other)
    assert codes(found) == ["ECS135"]
    assert found.findings[0].message == "`WebLogs` is a cluster and would be a log group"


def test_the_same_name_under_another_logical_name_is_refused() -> None:
    def renamed(old: Template) -> None:
        old["Resources"]["Logs"] = old["Resources"].pop("WebLogs")

    found = operation(SPEC, SPEC, renamed)
    assert codes(found) == ["ECS135"]
    assert found.findings[0].help == "keep the logical name `Logs`, or import what stays"


@pytest.mark.parametrize("policy", ["", "DeletionPolicy"])
def test_a_file_system_that_goes_has_to_be_retained(policy: str) -> None:
    def added(old: Template) -> None:
        kept = {policy: "Retain"} if policy else {}
        old["Resources"]["Files"] = {"Type": "AWS::EFS::FileSystem", **kept, "Properties": {}}

    found = operation(SPEC, SPEC, added)
    assert codes(found) == ([] if policy else ["ECS136"])
    assert change(found, "Files").act is (Act.KEPT if policy else Act.DELETED)


@pytest.mark.parametrize(("policy", "found"), [("UpdateReplacePolicy", []), ("DeletionPolicy", ["ECS136"])])
def test_a_file_system_that_is_replaced_has_to_be_retained_by_that(policy: str, found: list[str]) -> None:
    def template(mode: str) -> Template:
        files = {"Type": "AWS::EFS::FileSystem", policy: "Retain", "Properties": {"PerformanceMode": mode}}
        return {"Resources": {"Files": files}}

    done = between(template("maxIO"), template("generalPurpose"))
    assert (acts(done), codes(done)) == ({"Files": "replaced"}, found)
    assert change(done, "Files").means.endswith("the old one is deleted at the end" if found else "the old one stays")


def test_a_single_writer_under_another_name_would_not_be_alone() -> None:
    after = SPEC.replace("  db:", "  base:").replace("{db:", "{base:")
    found = operation(after, SPEC)
    assert codes(found) == ["ECS137"]
    assert "`BaseService` would begin to write `news` while `DbService` may still do so" in found.findings[0].message
    none = after.replace("shop/db:1, mounts", "shop/db:1, replicas: 0, mounts")
    assert (codes(operation(none, SPEC)), codes(operation(after, none))) == ([], [])
    reading = SPEC.replace("single-writer", "read-only")
    assert codes(operation(reading.replace("  db:", "  base:").replace("{db:", "{base:"), reading)) == []
    assert codes(operation(after, reading)) == []
    shared = SPEC.replace("single-writer", "shared")
    assert codes(operation(shared.replace("  db:", "  base:").replace("{db:", "{base:"), shared)) == []


def test_a_volume_that_goes_from_one_service_to_another_has_two_writers_meanwhile() -> None:
    web = SPEC.replace("replicas: 2, stop", "replicas: 1, stop")
    assert codes(operation(web, SPEC)) == []
    after = web.replace("mounts: {/data: news}, ", "").replace("shop/web:1,", "shop/web:1, mounts: {/data: news},")
    found = operation(after.replace("{db:", "{web:"), web)
    assert acts(found)["DbService"] == acts(found)["WebService"] == "updated"
    assert codes(found) == ["ECS137"]


def test_a_lock_keeps_the_second_writer_waiting() -> None:
    mode = "mode: {active-standby: {standbys: 1, lock: /data/.lock}}, command: [serve], mounts"
    lost = "accept: [{code: TW511, at: services.base.mode, target: ecs, because: one task runs}]\n"
    after = SPEC.replace("  db:", "  base:").replace("{db:", "{base:").replace("mounts", mode) + lost
    assert codes(operation(after, SPEC)) == []


def test_a_single_writer_that_is_replaced_would_not_be_alone() -> None:
    found = operation(SPEC.replace("cluster: shop-prod", "cluster: shop-other"), SPEC)
    assert codes(found) == ["ECS137"]
    assert found.findings[0].message.startswith("the new `DbService` would begin to write `news` while the old one may still")


def test_a_volume_at_another_place_is_told() -> None:
    found = operation(SPEC, SPEC.replace("fsap-0a1b2c3d", "fsap-1a1b2c3d"))
    assert codes(found) == ["ECS138"]
    assert found.findings[0].at == "targets.ecs.volumes.news"


def test_a_new_target_group_behind_a_listener_is_an_outage() -> None:
    def template(port: int) -> Template:
        group = {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": port}}
        action = {"Type": "forward", "TargetGroupArn": {"Ref": "WebTargets"}}
        listener = {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"DefaultActions": [action]}}
        return {"Resources": {"WebTargets": group, "Door": listener}}

    found = between(template(80), template(81))
    assert acts(found) == {"WebTargets": "replaced", "Door": "updated"}
    assert change(found, "Door").interruption is Interruption.OUTAGE


def test_what_a_variable_holds_is_not_told() -> None:
    text = SPEC.replace("shop/web:1", "shop/web:1, env: {LEVEL: quiet, HUE: red}")
    found = operation(text.replace("quiet", "loud"), text)
    (cause,) = change(found, "WebTask").causes
    assert cause.told == "ContainerDefinitions Environment LEVEL Value is another"
    assert cause.at == ("services", "web", "env", "LEVEL")


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"Resources": []}', '{"Resources": {"A": 1}}', '{"Resources": {"A": {"Type": 1}}}'),
        *('{"Resources": {"A": {"Type": "x", "Properties": []}}}', "[" * 100_000),
        '{"Resources": {"A": {"Type": "x", "Properties": ' + '{"a":' * 900 + "1" + "}" * 900 + "}}}",
    ],
)
def test_any_other_text_is_no_template(text: str) -> None:
    with pytest.raises(NoTemplate):
        DEPLOYING.compare(model(), artifact(), text, frozenset())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "web", "WebTask", "${WebTask.Arn}", "{{"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::Sub", "Fn::GetAtt", "Name", "Key", "Tags", "Properties"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from(["WebTask", "WebService", "DbTask", "WebLogs"]), st.data(), _JSON)
def test_any_template_is_told_about(id_: str, data: st.DataObject, value: object) -> None:
    """Whatever somebody else's says of a resource that we know."""
    running = json.loads(artifact().text)
    properties = running["Resources"][id_]["Properties"]
    properties[data.draw(st.sampled_from(sorted(properties)))] = value
    found = DEPLOYING.compare(model(), artifact(), json.dumps(running), frozenset())
    assert all(cause.told for one in found.changes for cause in one.causes)


@pytest.mark.parametrize("name", [name for name in committed() if (compiled_spec(name).model or 0) and name != "train"])
def test_every_place_of_a_template_has_its_origin(name: str) -> None:
    (compiled,) = compiled_spec(name, ["ecs"]).compiled
    made = next(one for one in compiled.bundle.artifacts if one.path == DEPLOYING.file)
    found = origins(made)

    def places(value: object, place: tuple[str | int, ...]) -> int:
        assert place in found, place
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return 1 + sum(places(child, (*place, key)) for key, child in items)

    assert places(json.loads(made.text), ()) == len(found)
    assert found["Resources", "WebTask", "Properties", "ContainerDefinitions", 0, "Image"] == ("services", "web", "image")


LEFT = STATELESS.replace("    security_groups: [sg-0a1b2c3d]\n", "").replace("    subnets: [subnet-0a1b2c3d]\n", "")
PUBLISHED = LEFT.replace("shop/web:1,", "shop/web:1, ports: {http: 80}, publish: [{port: http, host: 80}],")
KEPT = """\
twipc: 1
project: shop
environment: prod
targets: {ecs: {launch: fargate, region: eu-west-1}}
services:
  db: {image: shop/db:1, user: "1:2", mounts: {/data: news}, resources: {cpu: 0.25, memory: 512MiB}}
volumes: {news: {access: single-writer}}
"""


def test_what_was_asked_for_and_is_made_now_is_another_under_the_same_name() -> None:
    """The reference is the same, and what it comes to is not: groups are of another VPC, tasks in other subnets."""
    made = LEFT.replace("region: eu-west-1\n", "region: eu-west-1\n    network: {}\n")
    for before, after in ((LEFT, made), (made, LEFT)):
        found = operation(after, before)
        assert acts(found)["WebGroup"] == "replaced"
        assert change(found, "WebService").means.startswith("rolling")
    assert [one.told for one in change(operation(made, LEFT), "WebGroup").causes] == ["VpcId refers to Vpc, which is another"]


def test_a_target_group_cannot_go_from_one_load_balancer_to_another() -> None:
    inside = PUBLISHED.replace("region: eu-west-1\n", "region: eu-west-1\n    load_balancer: {scheme: internal}\n")
    found = operation(inside, PUBLISHED)
    assert codes(found) == ["ECS135", "ECS131"]
    assert "`Listener80` would lead to `WebTargets80` from the new `LoadBalancer`" in found.findings[0].message
    moved = inside.replace("{http: 80}", "{http: 8080}")
    assert codes(operation(moved, PUBLISHED)) == ["ECS131"]
    gone = operation(LEFT, PUBLISHED)
    assert [one.interruption for one in gone.changes if one.id == "LoadBalancer"] == [Interruption.OUTAGE]
    assert codes(operation(inside, LEFT)) == []


UNPROTECTED = PUBLISHED.replace("eu-west-1\n", "eu-west-1\n    load_balancer: {deletion_protection: false}\n")
ALB = """\
twipc: 1
project: shop
environment: prod
targets: {ecs: {launch: fargate, region: eu-west-1, ingress: alb}}
services:
  web: {image: shop/web:1, ports: {http: 80}, resources: {cpu: 0.25, memory: 512MiB}}
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
    publish: [{port: http, host: 80}]
    resources: {cpu: 0.25, memory: 512MiB}
"""


def test_a_load_balancer_goes_when_its_protection_has_gone() -> None:
    """What it was told before counts, not what its successor is."""
    found = operation(LEFT, PUBLISHED)
    assert codes(found) == ["ECS131"]
    assert found.findings[0].message == (
        "the load balancer `LoadBalancer` would be deleted, which AWS refuses: it is protected, and stays"
    )
    assert codes(operation(UNPROTECTED, PUBLISHED)) == codes(operation(LEFT, UNPROTECTED)) == []
    inside = UNPROTECTED.replace("{deletion_protection: false}", "{deletion_protection: false, scheme: internal}")
    assert codes(operation(inside, PUBLISHED)) == ["ECS135", "ECS131"]
    assert codes(operation(inside, UNPROTECTED)) == ["ECS135"]


def test_the_one_in_a_servers_place_is_protected_too() -> None:
    unprotected = ALB.replace("ingress: alb", "ingress: alb, load_balancer: {deletion_protection: false}")
    renamed = ALB.replace("  edge:", "  door:")
    assert codes(operation(renamed, ALB)) == ["ECS131"]
    assert codes(operation(unprotected, ALB)) == codes(operation(renamed, unprotected)) == []


@pytest.mark.parametrize(
    "attributes",
    [None, "true", ["true"], [{"Key": "deletion_protection.enabled"}], [{"Key": "deletion_protection.enabled", "Value": {}}]],
)
def test_protection_that_is_not_said_is_none(attributes: object) -> None:
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"LoadBalancerAttributes": attributes}}
    assert codes(between({"Resources": {"Balancer": balancer}}, {"Resources": {}})) == []


def test_a_protected_one_that_is_retained_is_not_deleted() -> None:
    properties = {"Type": "network", "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]}
    one = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties}
    kept = one | {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    other = kept | {"Properties": properties | {"Type": "application"}}
    assert codes(between({"Resources": {"Balancer": kept}}, {"Resources": {}})) == []
    assert codes(between({"Resources": {"Balancer": kept}}, {"Resources": {"Balancer": other}})) == []
    assert codes(between({"Resources": {"Balancer": one}}, {"Resources": {}})) == ["ECS131"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SPEC, ""),
        (SPEC.replace("project: shop", "project: ship"), "a template of the environment `prod` of the project `ship`"),
    ],
)
def test_whose_a_template_is_it_says_itself(text: str, said: str) -> None:
    assert DEPLOYING.stranger(model(), artifact(text).text) == said


@pytest.mark.parametrize(
    ("description", "tags", "said"),
    [
        ("shop-prod: written by twipc; edit the spec", [], ""),
        ("shop-train: written by twipc; edit the spec", [], "a template of `shop-train`"),
        ("shop-prod, images: written by twipc; edit the spec", [], "the template of its repositories"),
        ("shop-prod: written by twipc; edit the spec", [("c", "b"), ("a", "b")], "the environment `b` of the project `a`"),
        ("shop-prod: written by twipc; edit the spec", [("a", "b"), ("shop", "prod")], ""),
        ("made by hand", [("a", "b")], ""),
        (["shop-train: written by twipc;"], [("a", "b")], ""),
        (None, [("a", "b")], ""),
    ],
)
def test_what_is_not_twipcs_is_anybodys(description: object, tags: list[tuple[str, str]], said: str) -> None:
    def tagged(one: object, other: object) -> Template:
        pairs = {"project": one, "environment": other}
        return {"Type": "A::B::C", "Properties": {"Tags": [1, *({"Key": key, "Value": said} for key, said in pairs.items())]}}

    made, odd = [tagged(*pair) for pair in tags], tagged({}, [1])
    resources = {"Odd": odd, **{f"Made{number}": one for number, one in enumerate(made)}}
    text = json.dumps({"Description": description, "Resources": resources})
    assert DEPLOYING.stranger(model(), text).endswith(said)
    assert bool(DEPLOYING.stranger(model(), text)) == bool(said)


def test_files_that_stay_another_users_are_told() -> None:
    found = operation(KEPT.replace("1:2", "3:4"), KEPT)
    assert codes(found) == ["ECS138"]
    assert found.findings[0].message == "what is on the volume `news` stays the user's 1:2, and `db` would come as another"
    assert found.findings[0].help == 'keep the user: `targets: {ecs: {volume_owners: {news: "1:2"}}}`'
    owned = KEPT.replace("1:2", "3:4").replace("region: eu-west-1", 'region: eu-west-1, volume_owners: {news: "1:2"}')
    assert codes(operation(owned, KEPT)) == []


def test_a_mount_target_that_takes_the_place_of_another_is_told() -> None:
    """CloudFormation makes it first, and two in one zone there are never."""

    def of(*subnets: str) -> str:
        return KEPT.replace("region: eu-west-1", f"region: eu-west-1, subnets: [{', '.join(subnets)}]")

    one, other = "subnet-0a1b2c3d", "subnet-0a1b2c3e"
    found = operation(of(other), of(one))
    assert codes(found) == ["ECS139"]
    assert "`NewsMountIn0a1b2c3e` would be made before `NewsMountIn0a1b2c3d`" in found.findings[0].message
    assert codes(operation(of(one, other), of(one))) == codes(operation(of(one), of(one, other))) == []
    made = KEPT.replace("region: eu-west-1", "region: eu-west-1, network: {}")
    assert codes(operation(made, KEPT)) == ["ECS139", "ECS139"]

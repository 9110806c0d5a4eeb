"""What a template has besides the documents of its services: a second statement of it."""

from __future__ import annotations

from collections.abc import Collection

from twipc.model import Model
from twipc.target import BASELINE, FactKey, Facts

from ..options import Options
from ..untemplated import obstacles
from . import logs, making, network
from .alb import led
from .files import file_facts, files_told, mount_targets
from .groups import group_facts, let_out, mounts_said
from .making import logical_name as called
from .names import makes_names, name_facts, name_of, namespace_facts
from .nlb import balancer_facts, outputs, shared_facts, target_ids, waits_for, ways
from .roles import role_facts
from .scaling import scaling_facts

_MOUNTING = "the mount targets of its volumes have to let it in, on port 2049."


def template_facts(model: Model, options: Options, balanced: Collection[str]) -> Facts:
    """Its own words and resources, by service; none where the environment has no template.

    Load balancers took the place of servers that are `balanced`: the model is that of the tasks.
    """
    if any(obstacles(model)):
        return {}
    name = f"{model.environment.project}-{model.environment.environment}"
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, options.region]}
    facts: dict[tuple[str, str], object] = {
        ("template", "AWSTemplateFormatVersion"): "2010-09-09",
        ("template", "Description"): f"{name}: written by twipc; edit the spec, not this file.",
        ("template", "Rules"): {
            "Region": {"Assertions": [{"Assert": here, "AssertDescription": f"This environment is of {options.region}."}]}
        },
    }
    facts |= {("template", place): value for place, value in namespace_facts(model, options, _tags(model)).items()}
    facts |= shared_facts(model, options, _tags(model))
    led_to = any(ways(model, options, name) for name, _ in model.services) or bool(balanced)
    if making.stands_alone(model, options) or makes_names(model, options) or led_to:
        facts["template", "stands"] = "alone"
    if options.cluster is None:
        facts["template", "Cluster.ClusterName"] = name
        facts["template", "Cluster.ClusterSettings"] = [{"Name": "containerInsights", "Value": "enabled"}]
        facts["template", "Cluster.Tags"] = _tags(model)
        facts["template", "Cluster: Type"] = "AWS::ECS::Cluster"
    asked = network.asked(model, options)
    if asked:
        facts["template", "Parameters"] = asked
    facts |= file_facts(model, options, _tags(model)) | network.network_facts(model, options, _tags(model))
    own = [name for name in model.environment.services if making.makes_group(model, options, name)]
    mounting = {name: f"of {name}: {_MOUNTING}" for name in own if mounts_said(model, options, name)}
    jobs = {name: f"that {name} is run with." for name in own if model.environment.services[name].kind == "job"}
    told = outputs(model, options) | {called(one, "Group"): _output(one, what) for one, what in (mounting | jobs).items()}
    told |= files_told(model, options) | network.told(options)
    for server in balanced:
        address = {"Fn::GetAtt": [called(server, "LoadBalancer"), "DNSName"]}
        told[called(server, "Address")] = {"Description": f"The name by which {server} is asked.", "Value": address}
        told[called(server, "Group")] = _output(server, f"of {server}: groups of its members that the spec names let it in.")
    if told:
        facts["template", "Outputs"] = told
    for service, _ in model.services:
        facts |= {(service, place): value for place, value in _service(model, options, service).items()}
    return {FactKey(BASELINE, owner): value for owner, value in facts.items()}


def _service(model: Model, options: Options, service: str) -> dict[str, object]:
    facts: dict[str, object] = {"in the template: task": called(service, "Task")}
    if model.environment.services[service].kind == "service":
        facts["in the template: service"] = called(service, "Service")
        own = [called(service, "Group")] if making.makes_group(model, options, service) else []
        cluster = [] if options.cluster else ["Cluster"]
        name = name_of(model, options, service) or ""
        named = [name.partition(" ")[0]] if name.endswith(" of the template") else []
        groups = {group for group, _ in led(model, service)} | set(target_ids(model, options, service))
        facts["in the template: service refers to"] = tuple(sorted({*own, *cluster, *named, *groups, called(service, "Task")}))
        if led(model, service):
            facts["in the template: service waits for"] = "all that leads to it"
    asked = [role.partition(" ")[0] for role in making.roles(model, options, service) if role and role.endswith(" template")]
    for volume in making.mounts_made(model, options, service):
        asked += [called(volume, "Files"), called(volume, "Access")]
    tags = [*_tags(model), {"Key": "service", "Value": service}]
    group = logs.log_group(model, options, service)
    if logs.log_options(model, options, service).get("awslogs-group") == group:
        asked.append(called(service, "Logs"))
        facts["in the template: logs"] = called(service, "Logs")
        facts["log group.LogGroupName"] = group
        facts["log group.RetentionInDays"] = options.log_retention
        facts["log group.Tags"] = tags
        facts |= {f"log group: {policy}": "Retain" for policy in ("DeletionPolicy", "UpdateReplacePolicy")}
    facts["in the template: task refers to"] = tuple(sorted(asked))
    for more in (role_facts, group_facts, name_facts, balancer_facts, scaling_facts):
        facts |= more(model, options, service, tags)
    if model.environment.services[service].kind == "service":
        before = [id_ for volume in making.mounts_made(model, options, service) for id_ in mount_targets(options, volume)]
        before += waits_for(model, options, service)
        before += network.waits(model, options)
        before += let_out(model, service) if making.makes_group(model, options, service) else ()
        rules = facts.get("in the template: rules")
        facts["resource of the service: DependsOn"] = sorted([*before, *(rules if isinstance(rules, tuple) else ())])
    return {place: value for place, value in facts.items() if value}


def _output(name: str, what: str) -> object:
    """What runs a job, and who lets tasks mount, are told the group."""
    return {"Description": f"The security group {what}", "Value": {"Fn::GetAtt": [called(name, "Group"), "GroupId"]}}


def _tags(model: Model) -> list[dict[str, str]]:
    pairs = {"project": model.environment.project, "environment": model.environment.environment}
    return [{"Key": key, "Value": value} for key, value in pairs.items()]

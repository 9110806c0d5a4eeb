"""The parts of ECS's API that the reader knows, trimmed from its service model, and of what a template has besides.

A dict names members, a list of one shape holds any number of it, `MapOf` any keys. A member that is not here is not
refused: the reader leaves it over, and so it is noticed.
"""

from __future__ import annotations

from .fitting import MapOf, Shape

_TAGS: Shape = [{"key": str, "value": str}]
_CONTAINER: Shape = {
    "name": str,
    "image": str,
    "essential": bool,
    "versionConsistency": str,
    "user": str,
    "memory": int,
    "entryPoint": [str],
    "command": [str],
    "workingDirectory": str,
    "environment": [{"name": str, "value": str}],
    "secrets": [{"name": str, "valueFrom": str}],
    "portMappings": [{"name": str, "containerPort": int, "protocol": str, "appProtocol": str}],
    "mountPoints": [{"sourceVolume": str, "containerPath": str, "readOnly": bool}],
    "healthCheck": {"command": [str], "interval": int, "timeout": int, "retries": int, "startPeriod": int},
    "stopTimeout": int,
    "readonlyRootFilesystem": bool,
    "linuxParameters": {
        "initProcessEnabled": bool,
        "capabilities": {"add": [str], "drop": [str]},
        "tmpfs": [{"containerPath": str, "size": int, "mountOptions": [str]}],
        "sharedMemorySize": int,
    },
    "dockerSecurityOptions": [str],
    "ulimits": [{"name": str, "softLimit": int, "hardLimit": int}],
    "dockerLabels": MapOf(str),
    "logConfiguration": {"logDriver": str, "options": MapOf(str)},
}
TASK_DEFINITION: Shape = {
    "family": str,
    "requiresCompatibilities": [str],
    "networkMode": str,
    "cpu": str,
    "memory": str,
    "runtimePlatform": {"cpuArchitecture": str, "operatingSystemFamily": str},
    "executionRoleArn": str,
    "taskRoleArn": str,
    "containerDefinitions": [_CONTAINER],
    "volumes": [
        {
            "name": str,
            "efsVolumeConfiguration": {
                "fileSystemId": str,
                "transitEncryption": str,
                "authorizationConfig": {"accessPointId": str, "iam": str},
            },
        }
    ],
    "tags": _TAGS,
}
SERVICE: Shape = {
    "cluster": str,
    "serviceName": str,
    "taskDefinition": str,
    "desiredCount": int,
    "schedulingStrategy": str,
    "launchType": str,
    "platformVersion": str,
    "deploymentController": {"type": str},
    "deploymentConfiguration": {
        "minimumHealthyPercent": int,
        "maximumPercent": int,
        "deploymentCircuitBreaker": {"enable": bool, "rollback": bool},
    },
    "availabilityZoneRebalancing": str,
    "placementConstraints": [{"type": str, "expression": str}],
    "placementStrategy": [{"type": str, "field": str}],
    "networkConfiguration": {
        "awsvpcConfiguration": {"subnets": [str], "securityGroups": [str], "assignPublicIp": str},
    },
    "loadBalancers": [{"targetGroupArn": str, "containerName": str, "containerPort": int}],
    "healthCheckGracePeriodSeconds": int,
    "serviceRegistries": [{"registryArn": str}],
    "enableExecuteCommand": bool,
    "enableECSManagedTags": bool,
    "propagateTags": str,
    "tags": _TAGS,
}
TEMPLATE: Shape = {
    "AWSTemplateFormatVersion": str,
    "Description": str,
    "Rules": dict,
    "Parameters": dict,
    "Resources": MapOf(dict),
}
RESOURCE: Shape = {"Type": str, "DeletionPolicy": str, "UpdateReplacePolicy": str, "Properties": dict}
CLUSTER: Shape = {"ClusterName": str, "ClusterSettings": [{"Name": str, "Value": str}], "Tags": [{"Key": str, "Value": str}]}
ROLE: Shape = {
    "Description": str,
    "AssumeRolePolicyDocument": {"Statement": [dict]},
    "Policies": [{"PolicyName": str, "PolicyDocument": {"Statement": [dict]}}],
    "Tags": [{"Key": str, "Value": str}],
}
NAMESPACE: Shape = {"Name": str, "Vpc": str, "Tags": [{"Key": str, "Value": str}]}
NAME: Shape = {
    "Name": str,
    "NamespaceId": str,
    "DnsConfig": {"DnsRecords": [{"Type": str, "TTL": int}], "RoutingPolicy": str},
    "HealthCheckCustomConfig": {"FailureThreshold": int},
    "Tags": [{"Key": str, "Value": str}],
}
RULE: Shape = {
    "IpProtocol": str,
    "FromPort": int,
    "ToPort": int,
    "CidrIp": str,
    "SourceSecurityGroupId": str,
    "DestinationSecurityGroupId": str,
    "Description": str,
}
GROUP: Shape = {
    "GroupDescription": str,
    "VpcId": str,
    "SecurityGroupIngress": [RULE],
    "SecurityGroupEgress": [RULE],
    "Tags": [{"Key": str, "Value": str}],
}
_PAIRS: Shape = [{"Key": str, "Value": str}]
BALANCER: Shape = {
    "Type": str,
    "Scheme": str,
    "IpAddressType": str,
    "Subnets": [str],
    "SecurityGroups": [str],
    "LoadBalancerAttributes": _PAIRS,
    "Tags": _PAIRS,
}
_TARGETS: Shape = [{"TargetGroupArn": str, "Weight": int}]
ACTION: Shape = {
    "Type": str,
    "TargetGroupArn": str,
    "ForwardConfig": {"TargetGroups": _TARGETS, "TargetGroupStickinessConfig": {"Enabled": bool, "DurationSeconds": int}},
    "FixedResponseConfig": {"StatusCode": str, "ContentType": str, "MessageBody": str},
    "RedirectConfig": {"Protocol": str, "Port": str, "Host": str, "Path": str, "Query": str, "StatusCode": str},
}
LISTENER: Shape = {
    "LoadBalancerArn": str,
    "Port": int,
    "Protocol": str,
    "SslPolicy": str,
    "Certificates": [{"CertificateArn": str}],
    "DefaultActions": [ACTION],
    "ListenerAttributes": _PAIRS,
    "Tags": _PAIRS,
}
_VALUES: Shape = {"Values": [str]}
LISTENER_RULE: Shape = {
    "ListenerArn": str,
    "Priority": int,
    "Conditions": [
        {"Field": str, "PathPatternConfig": _VALUES, "HostHeaderConfig": _VALUES, "HttpRequestMethodConfig": _VALUES}
    ],
    "Actions": [ACTION],
}
TARGET_GROUP: Shape = {
    "TargetType": str,
    "VpcId": str,
    "Protocol": str,
    "ProtocolVersion": str,
    "Port": int,
    "HealthCheckEnabled": bool,
    "HealthCheckProtocol": str,
    "HealthCheckPath": str,
    "HealthCheckPort": str,
    "HealthCheckIntervalSeconds": int,
    "HealthCheckTimeoutSeconds": int,
    "HealthyThresholdCount": int,
    "UnhealthyThresholdCount": int,
    "Matcher": {"HttpCode": str},
    "TargetGroupAttributes": _PAIRS,
    "Tags": _PAIRS,
}
LOG_GROUP: Shape = {"LogGroupName": str, "RetentionInDays": int, "Tags": _PAIRS}

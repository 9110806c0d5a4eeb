"""Which changes CloudFormation makes by replacing a resource, and what a resource is called by; a table with its source."""

from __future__ import annotations

from collections.abc import Mapping

REPLACED_BY: Mapping[str, frozenset[str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": frozenset({"ResourceId", "ScalableDimension", "ServiceNamespace"}),
    "AWS::ApplicationAutoScaling::ScalingPolicy": frozenset(
        {"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"}
    ),
    "AWS::EC2::EIP": frozenset({"Address", "IpamPoolId", "NetworkBorderGroup", "TransferAddress"}),
    "AWS::EC2::InternetGateway": frozenset(),
    "AWS::EC2::NatGateway": frozenset(
        {"AllocationId", "AvailabilityMode", "ConnectivityType", "PrivateIpAddress", "SubnetId", "VpcId"}
    ),
    "AWS::EC2::Route": frozenset(
        {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "RouteTableId"}
    ),
    "AWS::EC2::RouteTable": frozenset({"VpcId"}),
    "AWS::EC2::SecurityGroup": frozenset({"GroupDescription", "GroupName", "VpcId"}),
    "AWS::EC2::SecurityGroupEgress": frozenset(
        {
            *("CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId"),
            *("FromPort", "GroupId", "IpProtocol", "ToPort"),
        }
    ),
    "AWS::EC2::SecurityGroupIngress": frozenset(
        {
            *("CidrIp", "CidrIpv6", "FromPort", "GroupId", "GroupName", "IpProtocol", "SourcePrefixListId"),
            *("SourceSecurityGroupId", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId", "ToPort"),
        }
    ),
    "AWS::EC2::Subnet": frozenset(
        {
            *("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6CidrBlock"),
            *("Ipv6IpamPoolId", "Ipv6Native", "Ipv6NetmaskLength", "OutpostArn", "VpcId"),
        }
    ),
    "AWS::EC2::SubnetRouteTableAssociation": frozenset({"RouteTableId", "SubnetId"}),
    "AWS::EC2::VPC": frozenset({"CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcEncryptionControl"}),
    "AWS::EC2::VPCEndpoint": frozenset(
        {
            *("DnsOptions", "ResourceConfigurationArn", "ServiceName", "ServiceNetworkArn", "ServiceRegion"),
            *("VpcEndpointType", "VpcId"),
        }
    ),
    "AWS::EC2::VPCGatewayAttachment": frozenset({"VpcId"}),
    "AWS::ECR::Repository": frozenset({"EncryptionConfiguration", "RepositoryName"}),
    "AWS::ECS::Cluster": frozenset({"ClusterName"}),
    "AWS::ECS::Service": frozenset({"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"}),
    "AWS::ECS::TaskDefinition": frozenset(
        {
            *("ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage", "ExecutionRoleArn", "Family"),
            *("InferenceAccelerators", "IpcMode", "Memory", "NetworkMode", "PidMode", "PlacementConstraints"),
            *("ProxyConfiguration", "RequiresCompatibilities", "RuntimePlatform", "TaskRoleArn", "Volumes"),
        }
    ),
    "AWS::EFS::AccessPoint": frozenset({"ClientToken", "FileSystemId", "PosixUser", "RootDirectory"}),
    "AWS::EFS::FileSystem": frozenset({"AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"}),
    "AWS::EFS::MountTarget": frozenset({"FileSystemId", "IpAddress", "IpAddressType", "Ipv6Address", "SubnetId"}),
    "AWS::ElasticLoadBalancingV2::Listener": frozenset({"LoadBalancerArn"}),
    "AWS::ElasticLoadBalancingV2::ListenerRule": frozenset({"ListenerArn"}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": frozenset({"Name", "Scheme", "Type"}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": frozenset(
        {"IpAddressType", "Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"}
    ),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": frozenset({"Name", "Vpc"}),
    "AWS::ServiceDiscovery::Service": frozenset({"HealthCheckCustomConfig", "Name", "NamespaceId", "Type"}),
}
"""The create-only properties of CloudFormation's registry, those that are so in some cases too; the tests hold this against
the registry's schemas as cfn-lint ships them."""

CALLED_BY: Mapping[str, tuple[str, ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("ServiceNamespace", "ResourceId", "ScalableDimension"),
    "AWS::ECR::Repository": ("RepositoryName",),
    "AWS::ECS::Cluster": ("ClusterName",),
    "AWS::ECS::Service": ("Cluster", "ServiceName"),
    "AWS::EC2::SecurityGroup": ("VpcId", "GroupName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("Vpc", "Name"),
    "AWS::ServiceDiscovery::Service": ("NamespaceId", "Name"),
}
"""What makes a resource one of its kind where all of these are said: AWS takes no second one like it, and CloudFormation
makes the new one before it deletes the old one (its guide, "update behaviors of stack resources")."""

NAMED_BY: Mapping[str, str] = {
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
}
"""What a `Ref` comes to, of those where that is a word of the template itself."""

DEPLOYED_BY = frozenset(
    {
        *("LoadBalancers", "NetworkConfiguration", "PlatformVersion", "ServiceConnectConfiguration", "ServiceRegistries"),
        *("TaskDefinition", "VolumeConfigurations", "VpcLatticeConfigurations"),
    }
)
"""What of a service starts its tasks anew where it changes: of each the API's own text of `UpdateService` says so."""

KIND_WORDS: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "range of tasks",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "scaling policy",
    "AWS::EC2::EIP": "public address",
    "AWS::EC2::InternetGateway": "internet gateway",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::EC2::Route": "route",
    "AWS::EC2::RouteTable": "route table",
    "AWS::EC2::SecurityGroup": "security group",
    "AWS::EC2::SecurityGroupEgress": "rule of a security group, outward",
    "AWS::EC2::SecurityGroupIngress": "rule of a security group, inward",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::SubnetRouteTableAssociation": "route table of a subnet",
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "AWS::EC2::VPCGatewayAttachment": "internet gateway of the VPC",
    "AWS::ECR::Repository": "image repository",
    "AWS::ECS::Cluster": "cluster",
    "AWS::ECS::Service": "service",
    "AWS::ECS::TaskDefinition": "task definition",
    "AWS::EFS::AccessPoint": "access point",
    "AWS::EFS::FileSystem": "file system",
    "AWS::EFS::MountTarget": "mount target",
    "AWS::ElasticLoadBalancingV2::Listener": "listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "rule of a listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "target group",
    "AWS::IAM::Role": "role",
    "AWS::Logs::LogGroup": "log group",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "namespace",
    "AWS::ServiceDiscovery::Service": "name",
}
"""In the words of who reads a plan."""

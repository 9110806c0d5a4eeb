"""The language: what a user may write, and how it is read."""

from .assemble import ReadFile, assemble, by_itself, extended_by, is_fragment, names_no_environment
from .bind import bind_noun, require_known_version
from .draft import bind
from .environment import OWN, Acceptance, Environment, External, Network, Nfs, Secret, Volume
from .health import Health, HttpHealth, Ready
from .http import Backend, Default, Engine, ErrorPage, Http, Listen, Match, RateLimit, Redirect, Route, Stats, Tls
from .noun import Noun
from .schedule import Autoscaling, Dependency, Placement, Rollout
from .secrecy import is_secret_name, looks_secret, plain_secrets
from .service import ActiveStandby, Build, EnvValue, Mount, Port, Publish, Resources, SecretFile, Service, Tmpfs
from .values import EPHEMERAL, Cpu, Duration, Size

__all__ = [
    "EPHEMERAL",
    "OWN",
    "Acceptance",
    "ActiveStandby",
    "Autoscaling",
    "Backend",
    "Build",
    "Cpu",
    "Default",
    "Dependency",
    "Duration",
    "Engine",
    "EnvValue",
    "Environment",
    "ErrorPage",
    "External",
    "Health",
    "Http",
    "HttpHealth",
    "Listen",
    "Match",
    "Mount",
    "Network",
    "Nfs",
    "Noun",
    "Placement",
    "Port",
    "Publish",
    "RateLimit",
    "ReadFile",
    "Ready",
    "Redirect",
    "Resources",
    "Rollout",
    "Route",
    "Secret",
    "SecretFile",
    "Service",
    "Size",
    "Stats",
    "Tls",
    "Tmpfs",
    "Volume",
    "assemble",
    "bind",
    "bind_noun",
    "by_itself",
    "extended_by",
    "is_fragment",
    "is_secret_name",
    "looks_secret",
    "names_no_environment",
    "plain_secrets",
    "require_known_version",
]

"""What a template of repositories means: where images go, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping

from twipc.target import BASELINE, FactKey, Facts

from .fitting import Shape, fitting, load
from .shapes import RESOURCE, TEMPLATE

REGISTRY_FILE = "registry.template.json"
_REPOSITORY: Shape = {
    "RepositoryName": str,
    "ImageTagMutability": str,
    "ImageScanningConfiguration": {"ScanOnPush": bool},
    "LifecyclePolicy": {"LifecyclePolicyText": str},
    "Tags": [{"Key": str, "Value": str}],
}


def read_registry(texts: Mapping[str, str]) -> Facts:
    """Each repository by its name, everything else by its place."""
    if REGISTRY_FILE not in texts:
        return {}
    document = load(texts, REGISTRY_FILE, TEMPLATE)
    found: dict[tuple[str, str], object] = {}
    for id_, resource in document.pop("Resources", {}).items():
        fitting(REGISTRY_FILE, resource, RESOURCE, id_)
        properties = fitting(REGISTRY_FILE, resource.pop("Properties", {}), _REPOSITORY, id_)
        name = properties.pop("RepositoryName", f"{id_}, without a name")
        found |= {(f"repository {name}", key): value for key, value in {**resource, **properties, "called": id_}.items()}
    found |= {("registry", key): value for key, value in document.items()}
    return {FactKey(BASELINE, owner): "empty" if value in (None, "", (), {}) else value for owner, value in found.items()}

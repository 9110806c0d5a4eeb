"""CloudFormation's words read as the API's, by the API's own shapes."""

from __future__ import annotations

from .fitting import Shape

_OTHERWISE = {
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "FilesystemId": "fileSystemId",
    "IAM": "iam",
    "PlacementStrategies": "placementStrategy",
}
"""What is not the API's member with a large letter."""


def uncased(value: object, shape: Shape) -> object:
    """The document of the API's shape; a member that has none of its words stays as it is, in brackets, and is left over."""
    if isinstance(shape, list) and isinstance(value, list):
        return [uncased(item, shape[0]) for item in value]
    if not isinstance(shape, dict) or not isinstance(value, dict):
        return value
    found: dict[str, object] = {}
    for key, child in value.items():
        member = _OTHERWISE.get(key) or key[:1].lower() + key[1:]
        known = member in shape and (key in _OTHERWISE or (key[:1].isupper() and member not in _OTHERWISE.values()))
        found[member if known else f"({key})"] = uncased(child, shape[member]) if known else child
    return found

"""Whose a template of twipc's is: by its first words, and by the tags of what it makes."""

from __future__ import annotations

import json

from twipc.model import Model
from twipc.regex import late_regex

from .parts import Part, parts

_OURS = late_regex(r"(?P<name>[a-z0-9-]+)(?P<part>, images)?: written by twipc;")


def stranger(part: str, model: Model, text: str) -> str:
    """`part` is what the template that is deployed says behind its name; one that is not twipc's is anybody's."""
    among = parts(text)
    said = _OURS.match(str(json.loads(text).get("Description", "")))
    if not said:
        return ""
    own = (model.environment.project, model.environment.environment)
    # Hyphens are in names too: `a-b` of `c` and `b-c` of `a` say the same of themselves.
    tagged = {found for one in among.values() if (found := _tagged(one))}
    if tagged and own not in tagged:
        project, environment = min(tagged)
        return f"a template of the environment `{environment}` of the project `{project}`"
    if said["name"] != model.name:
        return f"a template of `{said['name']}`"
    if (said["part"] or "") != part:
        return f"the template of its {'repositories' if said['part'] else 'services'}"
    return ""


def _tagged(part: Part) -> tuple[str, str] | None:
    """(project, environment), where both are said as words."""
    tags = part.properties.get("Tags")
    pairs = {str(tag.get("Key")): tag.get("Value") for tag in tags if isinstance(tag, dict)} if isinstance(tags, list) else {}
    match pairs.get("project"), pairs.get("environment"):
        case str(project), str(environment):
            return project, environment
    return None

"""Where instances may run: on hosts that can have them."""

from __future__ import annotations

from collections.abc import Iterator

from twipc.diagnostics import Finding, Path, Related
from twipc.model import Model

from .codes.services import ONE_PER_HOST, OWN_LABEL


def hosts(model: Model) -> Iterator[Finding]:
    """Constraints on labels that are twipc's own, and more instances on a host than it has ports for."""
    own = f"{model.name}."
    for name, service in model.services:
        here: Path = ("services", name, "placement")
        asked = [((*here, "constraints", label), label) for label in sorted(service.placement.constraints)]
        asked += [((*here, "spread", index), label) for index, label in enumerate(service.placement.spread)]
        for path, label in asked:
            if label.startswith(own):
                said = f"`{label}` is how twipc says which volumes a host has"
                at = model.tree.name(path)
                yield Finding(OWN_LABEL, said, model.span(path, key=True), help="choose another label", at=at)
        fixed = service.fixed_ports
        most = service.placement.max_per_host
        if fixed and most is not None and most > 1:
            most_path: Path = (*here, "max_per_host")
            port: Path = ("services", name, "publish", fixed[0], "host")
            yield Finding(
                ONE_PER_HOST,
                f"{most} instances of `{name}` on one host would all want its port {service.publish[fixed[0]].host}",
                model.span(most_path),
                help="`max_per_host: 1`, or `host: ephemeral`",
                related=(Related(model.span(port), "each wants this port"),),
                at=model.tree.name(most_path),
            )

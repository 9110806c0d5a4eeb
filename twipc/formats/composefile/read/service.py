"""What every dialect says alike of a service: what runs, how it is reached, and how it is judged alive."""

from __future__ import annotations

from typing import Any

from twipc.target import FactKey, standby
from twipc.target.probe import recognise

from .files import Files
from .owners import LABEL
from .program import Program
from .words import duration, named

_STARTS = {"service_healthy": "healthy", "service_started": "started", "service_completed_successfully": "completed"}


class ServiceReader(Program, Files):
    """Takes what it understands out of one service of the file at `path`; what stays is baseline."""

    def common(self) -> None:
        """What every dialect says alike."""
        take = self.service.pop
        self._mode()
        self.fact("image", take("image", None))
        self.fact("command", tuple(self.rows(take("command", None), "command")))
        self.fact("env", {key: ("value", value) for key, value in self.take_table("environment").items()})
        self.fact("stop_grace", duration(take("stop_grace_period", None)))
        self._networks(take("networks", None))
        self._health(self.take_table("healthcheck"))
        self._logging(self.take_table("logging"))

    def _mode(self) -> None:
        """Who waits for a lock is labelled; how it is locked stands in command and check."""
        labels = self.table(self.service.get("labels"), "labels")
        said = labels.pop(standby.LABEL, None)
        self.standing_by = said == standby.ACTIVE_STANDBY
        if said is not None and not self.standing_by:
            self.baseline(f"labels.{standby.LABEL}", said)
        self.service["labels"] = labels

    def replicas(self, number: object) -> None:
        """How many there are, and so how many wait."""
        self.fact("replicas", number)
        if self.standing_by:
            self.fact("mode.active-standby.standbys", number - 1 if isinstance(number, int) else number)

    def _networks(self, said: object) -> None:
        """A list of names, or what is said of each name."""
        attached = dict.fromkeys(map(str, said)) if isinstance(said, list) else self.table(said, "networks")
        found: dict[str, tuple[str, ...]] = {}
        for name, how in attached.items():
            place = f"networks.{name}"
            attachment = self.table(how, place)
            found[name] = tuple(sorted(self.rows(attachment.pop("aliases", None), f"{place}.aliases"), key=str))
            self.rest({f"{place}.{key}": value for key, value in attachment.items()})
        self.fact("networks", found)

    def kind(self) -> None:
        """A job is labelled; all else is a service."""
        labels = self.table(self.service.get("labels"), "labels")
        said = labels.pop(f"{LABEL}kind", None)
        self.fact("kind", "service" if said is None else "job" if said == "job" else f"labelled {said}")
        self.service["labels"] = labels

    def depends_on(self) -> None:
        """Whom it waits for; what is said of each besides its condition stays."""
        for other, said in self.take_table("depends_on").items():
            how = self.table(said, f"depends_on.{other}")
            condition = named(_STARTS, how.pop("condition", "no condition"))
            self.facts[FactKey("service.depends_on", (self.name, other))] = condition
            self.rest({f"depends_on.{other}.{key}": value for key, value in how.items()})

    def _health(self, check: dict[str, Any]) -> None:
        if not check:
            return
        test = self.rows(check.pop("test", None), "healthcheck.test") or [""]
        if test[0] != "CMD":
            self.baseline("healthcheck.test", f"begins with {test[0]!r}")
        argv = tuple(test[1:])
        if self.standing_by:
            asked = standby.while_active(argv)
            if asked is None:
                self.baseline("healthcheck.test", "asks who waits for the lock")
            argv = argv if asked is None else asked
        http = recognise([str(word) for word in argv])
        if http:
            self.fact("health.http.client", http[0].client)
            self.fact("health.http.path", http[0].path)
            self.fact("health.http.port", http[1])
        else:
            self.fact("health.command", argv)
        for key, leaf in (("interval", "interval"), ("timeout", "timeout"), ("start_period", "start_period")):
            self.fact(f"health.{leaf}", duration(check.pop(key, None)))
        self.fact("health.failures", check.pop("retries", None))
        self.rest({f"healthcheck.{key}": value for key, value in check.items()})

    def _logging(self, logging: dict[str, Any]) -> None:
        self.fact("logging.driver", logging.pop("driver", None))
        self.fact("logging.options", self.table(logging.pop("options", None), "logging.options"))
        self.rest({f"logging.{key}": value for key, value in logging.items()})

    def publish(self, nth: dict[str, int], target: object, host: object, address: object) -> None:
        """A published port; 0 is one that the engine chooses."""
        count = nth.get(str(target), 0)
        nth[str(target)] = count + 1
        chosen = 0 if host in ("", None) else host
        self.facts[FactKey("service.publish", (self.name, str(target), str(count)))] = (chosen, address)

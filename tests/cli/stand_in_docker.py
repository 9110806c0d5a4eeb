"""A `docker` that plays an engine: it keeps its objects in a file, records what it is asked, and fails where a scene says so.

It is a program of its own, put on PATH as `docker`. The file (`TWIPC_STAND_IN`) holds:

- `engine`: up, down, denied or silent; `context`: false for one that does not exist; `compose`: false without the plug-in
- `containers`: as `inspect` tells them; `images`: ids by name, or null where each has one
- `becomes`: {service: the state of its new containers}; `fails`: {word, or last words, of a command: [exit code, what it says]}
- `tags`: {id of an image: its names}
- `owner`: the project that images are labelled with; `digests`: by which repositories have them
- `host`: where the engine is; `said`: {container: its log}; `asked`: the commands so far
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

State = dict[str, Any]
Container = dict[str, Any]
"""As the engine tells it."""
LABEL = "com.docker.compose."


def main() -> int:
    file = Path(os.environ["TWIPC_STAND_IN"])
    state = json.loads(file.read_text())
    state["asked"].append(sys.argv[1:])
    write(file, state)
    words = sys.argv[1:]
    if words[:2] == ["context", "inspect"]:
        if not state["context"]:
            return refuse('context "away" does not exist')
        print(json.dumps({"Name": "default", "Endpoints": {"docker": {"Host": state["host"]}}}))
        return 0
    if state["engine"] == "silent":
        time.sleep(60)
    if words[0] == "version":
        server = {"Version": "26.1.5"} if state["engine"] == "up" else None
        print(json.dumps({"Client": {"Version": "26.1.5"}, "Server": server}))
    if state["engine"] == "down":
        return refuse("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?")
    if state["engine"] == "denied":
        return refuse("permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock")
    for word, (code, said) in state["fails"].items():
        if word in words or " ".join(words).endswith(f" {word}"):
            print(said, file=sys.stderr)
            return int(code)
    code = compose(state, words[1:]) if words[0] == "compose" else plain(state, words)
    write(file, state)
    return code


def write(file: Path, state: State) -> None:
    """Whole at any moment: a test reads it meanwhile."""
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(state))
    new.replace(file)


def refuse(said: str) -> int:
    print(said, file=sys.stderr)
    return 1


def plain(state: State, words: list[str]) -> int:
    names = words[words.index("--") + 1 :] if "--" in words else []
    here = [one for one in state["containers"] if one["Id"] in names]
    match words[:2]:
        case ["volume", "ls"] | ["image", "ls"]:
            print("\n".join(state[words[0]]))
        case ["volume", "rm"] | ["image", "rm"]:
            gone = [one for one in state[words[0]] if {one, *state["tags"].get(one, ())} & set(names)]
            if any(state["tags"].get(one) and not set(state["tags"][one]) <= set(names) for one in gone):
                return refuse("Error response from daemon: conflict: unable to delete (must be forced)")
            state[words[0]] = [one for one in state[words[0]] if one not in gone]
        case ["container", "ls"] if "--quiet" in words:
            print("\n".join(one["Id"] for one in state["containers"]))
        case ["container", "inspect"] if "--format" in words:
            print("\n".join(one["Image"] for one in here))
        case ["container", "ls"]:
            rows = (
                (one["Id"], one["Name"][1:], one["Config"]["Labels"].get(LABEL + "project", "")) for one in state["containers"]
            )
            print("\n".join("\t".join(row) for row in rows))
        case ["container", "inspect"]:
            print(json.dumps(here))
        case ["container", "start"]:
            for one in here:
                becomes(state, one)
        case ["container", "stop"]:
            for one in here:
                one["State"] |= {"Status": "exited", "ExitCode": 143}
        case ["container", "rm"]:
            state["containers"] = [one for one in state["containers"] if one not in here]
        case ["container", "logs"]:
            print(state["said"].get(here[0]["Name"][1:], "it said: API_TOKEN=hunter2hunter2\n\x1b[31mand more"))
        case ["image", "inspect"]:
            images = state["images"]
            if "{{json .RepoTags}}" in words:
                print(json.dumps(state["tags"].get(names[0], [])))
                return 0
            if "{{json .}}" in words:
                size = {"Id": f"sha256:{'a' * 64}", "Size": 12_345_678, "Created": "2026-01-02T03:04:05Z"}
                size |= {"Config": {"Labels": {"io.twipc.project": state["owner"]}}, "RepoDigests": state["digests"]}
                print(json.dumps(size) if images is None or names[0] in images else "")
                return int(images is not None and names[0] not in images)
            there = [name for name in names if images is None or name in images]
            print("\n".join((images or {}).get(name, f"sha256:{name}") for name in there))
            return 0 if there == names else refuse("Error response from daemon: No such image")
        case ["image", "push"]:
            print(f"The push refers to repository [{names[0]}]\n1: digest: sha256:{hashed(names[0])} size: 528")
        case ["network", "ls"]:
            print("\n".join(state["networks"]))
        case ["network", "rm"]:
            state["networks"] = []
    return 0


def compose(state: State, words: list[str]) -> int:
    if not state["compose"]:
        return refuse("docker: 'compose' is not a docker command.")
    if "version" in words:
        print("2.40.3")
        return 0
    sys.path.append(os.environ["TWIPC_SITE"])
    from yaml import CSafeLoader, load

    document = load(Path(words[words.index("--file") + 1]).read_text(), CSafeLoader)
    services = document["services"]
    if "config" in words:
        print("\n".join(f"{name} {digest(service)}" for name, service in services.items()))
        return 0
    asked = words[words.index("--") + 1 :] if "--" in words else list(services)
    scaled = dict(word.split("=") for before, word in pairwise(words) if before == "--scale")
    for name in asked:
        made(state, document["name"], name, services[name], int(scaled.get(name, services[name]["deploy"]["replicas"])), words)
    if "up" in words:
        for one in state["containers"]:
            becomes(state, one)
    state["networks"] = ["net1"]
    return 0


def made(state: State, project: str, name: str, service: State, count: int, words: list[str]) -> None:
    """As many containers as are asked for, those of another version made anew unless that is forbidden."""
    there = [one for one in state["containers"] if one["Config"]["Labels"].get(LABEL + "service") == name]
    if "--no-recreate" not in words:
        old = [one for one in there if one["Config"]["Labels"][LABEL + "config-hash"] != digest(service)]
        state["containers"] = [one for one in state["containers"] if one not in old]
        there = [one for one in there if one not in old]
    number = max([int(one["Config"]["Labels"][LABEL + "container-number"]) for one in there], default=0)
    for one in there[count:]:
        state["containers"].remove(one)
    for more in range(count - len(there)):
        new = container(project, name, number + 1 + more, digest(service), service["image"], service["labels"])
        new["NetworkSettings"]["Ports"] = {
            f"{port['target']}/{port['protocol']}": [{"HostIp": port.get("host_ip", ""), "HostPort": port["published"]}]
            for port in service.get("ports", ())
        }
        new["NetworkSettings"]["Networks"] = {"default": {"IPAddress": f"10.9.{len(name)}.{number + 1 + more}"}}
        state["containers"].append(new)


def becomes(state: State, container: Container) -> None:
    """Started, it is what the scene says."""
    service = container["Config"]["Labels"].get(LABEL + "service", "")
    container["State"] |= {"Status": "running", "Health": {"Status": "healthy"}} | state["becomes"].get(service, {})


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest(service: State) -> str:
    return hashlib.sha256(json.dumps({**service, "deploy": 0, "depends_on": 0}, sort_keys=True).encode()).hexdigest()


def container(project: str, service: str, number: int, hashed: str, image: str, labels: State) -> Container:
    own = {"project": project, "service": service, "container-number": str(number), "config-hash": hashed}
    return {
        "Id": hashlib.sha256(f"{project}{service}{number}{hashed}".encode()).hexdigest(),
        "Name": f"/{project}-{service}-{number}",
        "Created": "2026-01-02T03:04:05.6Z",
        "Image": f"sha256:{image}",
        "RestartCount": 0,
        "Config": {"Image": image, "Labels": {**labels, **{LABEL + key: value for key, value in own.items()}}},
        "State": {"Status": "created", "ExitCode": 0},
        "NetworkSettings": {"Ports": {}, "Networks": {}},
    }


if __name__ == "__main__":
    sys.exit(main())

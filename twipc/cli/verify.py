"""`twipc verify`: does what is committed mean what the specs say?"""

from __future__ import annotations

from pathlib import Path

import click

from twipc.diagnostics import Stopped
from twipc.driver import Compiled, compile_model, load
from twipc.output import WriteFailed
from twipc.verify.disk import verify_folder

from .placing import folder_of
from .session import Session, verb


@click.command("verify")
@click.argument("specs", nargs=-1, metavar="[ENV]...")
@click.option("--out", type=click.Path(path_type=Path), help="Read here instead of out/ beside specs/.")
@verb
def command(session: Session, specs: tuple[str, ...], out: Path | None) -> None:
    """Read the committed artifacts and compare their meaning with the specs.

    ENV is an environment's name (prod is specs/prod.yaml), a file, or - for standard input; none means all.
    """
    sources: dict[str, str] = {}
    folders = 0
    for spec in session.specs(specs):
        try:
            model = load(session.project, spec.file, spec.content, spec.stem, session.report)
            for one in compile_model(model, sorted(model.environment.targets), session.report):
                _verify(session, out or session.project.root / "out", one)
                folders += 1
        except Stopped:
            pass  # the findings say why
        sources |= session.project.sources
    if not session.report.has_errors:
        click.echo(f"{folders} folders mean what the specs say", err=True)
    session.finish(sources)


def _verify(session: Session, root: Path, compiled: Compiled) -> None:
    folder = folder_of(root, compiled)
    name = f"out/{compiled.model.environment.environment}/{compiled.target.name}"
    texts: dict[str, str] = {}
    try:
        for artifact in compiled.bundle.artifacts:
            content = folder.read(artifact.path)
            if content is not None:
                texts[artifact.path] = content.decode("utf-8", "replace")
                session.project.sources[f"{name}/{artifact.path}"] = texts[artifact.path]
    except WriteFailed as problem:
        click.echo(f"twipc: can not read {problem}", err=True)
        raise click.exceptions.Exit(3) from None
    session.report.extend(verify_folder(compiled.model, compiled.target, compiled.options, compiled.bundle, name, texts))

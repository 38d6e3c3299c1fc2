"""`deskpulse check`: can every source and sink be reached with these settings?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.shell import Exit, out, print_json, shell_of
from deskpulse.errors import AuthRejected, DeskpulseError, StreamForbidden

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.connector import Connector, Stream


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is well, and in words what to do."""

    kind: str
    name: str
    stream: str
    ok: bool
    text: str
    hint: str = ""
    essential: bool = True


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Say per source and stream whether it can be read, and per notifier whether it can send."""
    with shell_of(context).workspace() as workspace:
        findings = look(workspace)
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            show(findings)
        raise typer.Exit(exit_code(findings))


def look(workspace: Workspace) -> list[Finding]:
    """Every finding; one request per stream, nothing is stored."""
    findings = [_configuration(workspace)]
    sources = workspace.sources()
    if sources:
        with ThreadPoolExecutor(len(sources)) as pool:
            for found in pool.map(lambda source: _source(workspace, source), sources):
                findings += found
    findings += [_notifier(workspace, name) for name in workspace.config.notifiers]
    return findings


def exit_code(findings: list[Finding]) -> Exit:
    """0 all is well, 1 something is not, 3 nothing works."""
    bad = [finding for finding in findings if not finding.ok and finding.essential]
    if not bad:
        return Exit.OK
    asked = [finding for finding in findings if finding.kind != "configuration"]
    return Exit.FAILED if len(bad) == len(asked) else Exit.PARTIAL


def _configuration(workspace: Workspace) -> Finding:
    specs = len(list(workspace.catalog))
    workspace.store.positions()
    text = f"{len(workspace.config.sources)} sources, {specs} KPIs, the store can be used"
    return Finding("configuration", workspace.config.document.path.name, "", ok=True, text=text)


def _source(workspace: Workspace, connector: Connector) -> list[Finding]:
    limits = workspace.config.sources[connector.source].streams
    findings: list[Finding] = []
    for stream in connector.streams():
        if limits and stream.name not in limits:
            continue
        finding, go_on = _stream(workspace, connector, stream)
        findings.append(finding)
        if not go_on:
            break
    for warning in connector.warnings():
        findings.append(
            Finding("source", connector.source, "", ok=False, text=warning, essential=False)
        )
    return findings


def _stream(workspace: Workspace, connector: Connector, stream: Stream) -> tuple[Finding, bool]:
    cursor = workspace.store.position(connector.source, stream.name).cursor
    pages = stream.pull(cursor)
    name = connector.source
    try:
        page = next(pages, None)
        records = 0 if page is None else len(page.records)
        if page is not None:
            from deskpulse.sync.parsing import parse_page

            parse_page(stream, page, keep_raw=False)
        text = f"can be read ({records:,} records on the next page)"
        return Finding("source", name, stream.name, ok=True, text=text), True
    except StreamForbidden as problem:
        text = f"not granted: {problem.message}"
        return (
            Finding("source", name, stream.name, False, text, problem.hint, stream.essential),
            True,
        )
    except AuthRejected as problem:
        text = f"the credentials were refused: {problem.message}"
        return Finding("source", name, stream.name, ok=False, text=text, hint=problem.hint), False
    except DeskpulseError as problem:
        finding = Finding(
            "source", name, stream.name, ok=False, text=problem.message, hint=problem.hint
        )
        return finding, True
    except Exception as problem:  # noqa: BLE001  a connector's fault is a finding, too
        text = f"a fault in the connector: {type(problem).__name__}: {problem}"
        hint = "Please report this to whoever wrote the connector."
        return Finding("source", name, stream.name, ok=False, text=text, hint=hint), True
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()


def _notifier(workspace: Workspace, name: str) -> Finding:
    try:
        said = workspace.notifier(name).check()
        return Finding("notifier", name, "", ok=True, text=said)
    except DeskpulseError as problem:
        return Finding("notifier", name, "", ok=False, text=problem.message, hint=problem.hint)


def show(findings: list[Finding]) -> None:
    """A line each."""
    from rich.markup import escape

    for finding in findings:
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.essential else "[yellow]![/]"
        name = " ".join(part for part in (finding.kind, finding.name, finding.stream) if part)
        out().print(f"{mark} [bold]{escape(name)}[/]  {escape(finding.text)}", highlight=False)
        if finding.hint:
            out().print(f"    {escape(finding.hint)}", style="dim", highlight=False)

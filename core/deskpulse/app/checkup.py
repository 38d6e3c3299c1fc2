"""Can every source and sink be used with these settings? One finding for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskpulse.app.clocks import not_judged
from deskpulse.app.validation import check_people, validate
from deskpulse.errors import AuthRejected, DeskpulseError, SourceUnreachable, StreamForbidden

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


def look(workspace: Workspace) -> list[Finding]:
    """Every finding; one request a stream, nothing is stored. Raises `ConfigError`."""
    validate(workspace)
    sources = workspace.sources()
    findings = [_configuration(workspace), *_policies(workspace)]
    if sources:
        with ThreadPoolExecutor(len(sources)) as pool:
            for found in pool.map(lambda source: _source(workspace, source), sources):
                findings += found
    findings += [finding for name in workspace.config.rules for finding in _rule(workspace, name)]
    findings += [_notifier(workspace, name) for name in workspace.config.notifiers]
    for name in workspace.config.routes:
        findings += _route(workspace, name)
    if workspace.config.rules and not workspace.config.routes:
        text = "there is none: what the rules find is told to nobody"
        hint = "Write [routes.all] with the notifiers that are to be told."
        findings.append(Finding("route", "", "", ok=False, text=text, hint=hint, essential=False))
    return findings


def _configuration(workspace: Workspace) -> Finding:
    kpis = len(list(workspace.catalog))
    sources = len(workspace.config.sources)
    text = f"{_many(sources, 'source')}, {_many(kpis, 'KPI')}; the store can be used"
    return Finding("configuration", workspace.config.document.path.name, "", ok=True, text=text)


def _policies(workspace: Workspace) -> list[Finding]:
    return [
        Finding(
            "policy", name, "", ok=False, text=f"is not judged: {why}", essential=False,
            hint="Write it as [policies.X], or leave it: it applies to no ticket.",
        )
        for name, why in not_judged(workspace)
    ]  # fmt: skip


def _source(workspace: Workspace, connector: Connector) -> list[Finding]:
    limits = workspace.config.sources[connector.source].streams
    findings: list[Finding] = []
    for stream in connector.streams():
        if limits and stream.name not in limits:
            continue
        finding, go_on = _stream(workspace, connector, stream)
        findings.append(finding)
        if not go_on or workspace.stop.is_set():
            break
    stats = connector.stats
    for warning in (*connector.warnings(), *(() if stats is None else stats.notices)):
        findings.append(
            Finding("source", connector.source, "", ok=False, text=warning, essential=False)
        )
    return findings


def _stream(workspace: Workspace, connector: Connector, stream: Stream) -> tuple[Finding, bool]:
    """The finding, and whether it is worth looking at the source's other streams."""

    def bad(text: str, hint: str, *, essential: bool = True) -> Finding:
        return Finding(
            "source",
            connector.source,
            stream.name,
            ok=False,
            text=text,
            hint=hint,
            essential=essential,
        )

    try:
        text = _next_page(workspace, connector, stream)
        return Finding("source", connector.source, stream.name, ok=True, text=text), True
    except StreamForbidden as problem:
        text = f"not granted: {problem.message}"
        return bad(text, problem.hint, essential=stream.essential), True
    except AuthRejected as problem:
        return bad(f"the credentials were refused: {problem.message}", problem.hint), False
    except DeskpulseError as problem:
        return bad(problem.message, problem.hint), not isinstance(problem, SourceUnreachable)
    except Exception as problem:  # noqa: BLE001  a connector's fault is a finding, too
        text = f"a fault in the connector: {type(problem).__name__}: {problem}"
        return bad(text, "Please report this to whoever wrote the connector."), True


def _next_page(workspace: Workspace, connector: Connector, stream: Stream) -> str:
    from deskpulse.sync.parsing import parse_page

    pages = stream.pull(workspace.store.position(connector.source, stream.name).cursor)
    try:
        page = next(pages, None)
        if page is None:
            return "can be read (nothing new)"
        rejected = parse_page(stream, page, keep_raw=False).rejected
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()
    text = f"can be read ({_many(len(page.records), 'record')} on the next page"
    if not rejected:
        return f"{text})"
    return f"{text}, {len(rejected):,} of them cannot be used, the first: {rejected[0][1]})"


def _rule(workspace: Workspace, name: str) -> list[Finding]:
    """What of a rule's settings cannot work on this desk; raises `ConfigError`."""
    from deskpulse.app.accounts import open_rule
    from deskpulse.app.desk_view import DeskView

    rule = open_rule(workspace, name)
    mistakes = list(rule.mistakes(DeskView(workspace)))
    if not mistakes:
        return [Finding("rule", name, "", ok=True, text="can be asked")]
    hint = f"Edit [rules.{name}]."
    return [Finding("rule", name, "", ok=False, text=text, hint=hint) for text in mistakes]


def _route(workspace: Workspace, name: str) -> list[Finding]:
    """Whether the people of a route can be called; nothing of a route that names nobody."""
    people = workspace.config.routes[name].people
    try:
        check_people(workspace, name)
    except DeskpulseError as problem:
        return [Finding("route", name, "", ok=False, text=problem.message, hint=problem.hint)]
    said = f"can call {', '.join(people)}"
    return [Finding("route", name, "", ok=True, text=said)] if people else []


def _notifier(workspace: Workspace, name: str) -> Finding:
    try:
        said = workspace.notifier(name).check()
        return Finding("notifier", name, "", ok=True, text=said)
    except DeskpulseError as problem:
        return Finding("notifier", name, "", ok=False, text=problem.message, hint=problem.hint)
    except Exception as problem:  # noqa: BLE001  a notifier's fault is a finding, too
        text = f"a fault in the notifier: {type(problem).__name__}: {problem}"
        hint = "Please report this to whoever wrote the notifier."
        return Finding("notifier", name, "", ok=False, text=text, hint=hint)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

"""`deskpulse alerts`: what fires, why it was (not) told, and what people do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deskpulse.app.screen import out, plain, print_json, reserved_output
from deskpulse.app.shell import Exit, shell_of

group = typer.Typer(add_completion=False, invoke_without_command=True)

AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
Ident = Annotated[int, typer.Argument(metavar="ID", help="The alert's number.")]
By = Annotated[str, typer.Option("--by", help="Your name.")]
States = Annotated[
    list[str] | None,
    typer.Option("--state", help="Only these states; by default every alert that is not over."),
]
Most = Annotated[int, typer.Option("--most", help="How many are shown at most.")]


@group.callback()
def alerts(
    context: typer.Context, state: States = None, most: Most = 100, as_json: AsJson = False
) -> None:
    """Show alerts, newest first."""
    if context.invoked_subcommand is None:
        _list(context, state or [], most, as_json=as_json)


@group.command("list")
def list_(
    context: typer.Context, state: States = None, most: Most = 100, as_json: AsJson = False
) -> None:
    """Show alerts, newest first."""
    _list(context, state or [], most, as_json=as_json)


def _list(context: typer.Context, states: list[str], most: int, *, as_json: bool) -> None:
    from typing import get_args

    from deskpulse.alerts import book
    from deskpulse.alerts.alert import State
    from deskpulse.app.alert_words import alert_json, alert_line
    from deskpulse.config import nearest
    from deskpulse.errors import ConfigError

    for state in states:
        if state not in get_args(State):
            raise ConfigError(f"--state is {state!r}; {nearest(state, get_args(State))}")
    with (
        shell_of(context).workspace() as workspace,
        workspace.store.reading() as connection,
    ):
        found = book.listed(connection, states, most)
    if as_json:
        print_json([alert_json(alert) for alert in found])
        return
    for alert in found:
        out().print(plain(alert_line(alert)))
    if not found:
        out().print("No alerts.")


@group.command()
def why(context: typer.Context, ident: Ident, as_json: AsJson = False) -> None:
    """Say why an alert was told, or why not: by route, and what happened so far."""
    from deskpulse.alerts import book
    from deskpulse.app.alert_words import alert_json, alert_line, moment, told_json

    with (
        shell_of(context).workspace() as workspace,
        workspace.store.reading() as connection,
    ):
        alert = book.alert(connection, ident)
        if alert is None:
            raise _unknown("alert", ident)
        told = book.told_about(connection, alert.about)
        events = book.events(connection, ident)
    if as_json:
        routes = [told_json(item) for item in told]
        print_json({"alert": alert_json(alert), "routes": routes, "events": events})
        return
    out().print(plain(alert_line(alert)))
    for item in told:
        until = f" (until {moment(item.until)})" if item.until else ""
        route = item.route or "no route"
        out().print(plain(f"  {route}: {item.reason} {item.detail}".rstrip() + until))
    for event in events:
        line = f"  {moment(event['happened_at'])}  {event['what']} {event['detail']}"
        out().print(plain(line.rstrip()), style="dim")


@group.command()
def ack(context: typer.Context, ident: Ident, by: By, as_json: AsJson = False) -> None:
    """Say that you look after an alert: it stays quiet until it gets worse."""
    from deskpulse.alerts import actions

    with shell_of(context).workspace() as workspace, workspace.store.writing() as connection:
        done = actions.acknowledge_alert(connection, ident, by, workspace.clock.now())
    _said(done, as_json=as_json)


@group.command()
def snooze(
    context: typer.Context,
    ident: Ident,
    by: By,
    span: Annotated[str, typer.Option("--for", help="How long, as in 1h.")] = "1h",
    as_json: AsJson = False,
) -> None:
    """Keep an alert quiet for a while, unless it gets worse."""
    from deskpulse.alerts import actions
    from deskpulse.app.alert_words import read_span

    length = read_span("--for", span)
    with shell_of(context).workspace() as workspace, workspace.store.writing() as connection:
        now = workspace.clock.now()
        done = actions.snooze_alert(connection, ident, by, now + length, now)
    _said(done, as_json=as_json)


def _said(done: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({"changed": done.count, "text": done.words})
    else:
        out().print(plain(done.words))
    raise typer.Exit(Exit.OK if done.count else Exit.PARTIAL)


@group.command()
def silence(
    context: typer.Context,
    match: Annotated[list[str], typer.Option("--match", help="Label and value, as in team=5.")],
    by: By,
    span: Annotated[str, typer.Option("--for", help="How long, as in 2h.")] = "1h",
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who wonder.")] = "",
    as_json: AsJson = False,
) -> None:
    """Keep quiet everything that fits, for a while."""
    from deskpulse.alerts import actions
    from deskpulse.alerts.silence import Silence
    from deskpulse.app.alert_words import moment, read_matchers, read_span, silence_json

    length, matchers = read_span("--for", span), read_matchers(match)
    with shell_of(context).workspace() as workspace, workspace.store.writing() as connection:
        now = workspace.clock.now()
        wanted = Silence(0, matchers, by, reason, now, now + length)
        ident = actions.silence(connection, wanted)
    if as_json:
        print_json(silence_json(wanted) | {"id": ident})
    else:
        out().print(f"Silence {ident} lasts until {moment(wanted.ends_at)}.")


@group.command()
def silences(
    context: typer.Context,
    end: Annotated[int | None, typer.Option("--end", help="End the silence of this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the silences that last, or end one."""
    from deskpulse.alerts import actions, book
    from deskpulse.app.alert_words import silence_json

    with shell_of(context).workspace() as workspace, workspace.store.writing() as connection:
        now = workspace.clock.now()
        if end is not None and not actions.lift(connection, end, now):
            raise _unknown("silence", end)
        found = book.silences(connection, now)
    if as_json:
        print_json([silence_json(item) for item in found])
        return
    for item in found:
        fits = ", ".join(f"{label}={' or '.join(each)}" for label, each in item.matchers.items())
        out().print(plain(f"{item.id:>6} {fits}  {item.words}"))
    if not found:
        out().print("No silences.")


@group.command()
def failed(
    context: typer.Context,
    retry: Annotated[str | None, typer.Option("--retry", help="Queue this one again.")] = None,
    dismiss: Annotated[str | None, typer.Option("--dismiss", help="Let this one rest.")] = None,
    as_json: AsJson = False,
) -> None:
    """List messages that were refused for good; exits with 1 if there are any."""
    from dataclasses import asdict

    from deskpulse import outbox
    from deskpulse.app.alert_words import moment

    with shell_of(context).workspace() as workspace, workspace.store.writing() as connection:
        now = workspace.clock.now()
        if retry is not None and not outbox.retry(connection, retry, now):
            raise _unknown("failed message", retry)
        if dismiss is not None and not outbox.dismiss(connection, dismiss, now):
            raise _unknown("failed message", dismiss)
        found = outbox.failed(connection)
    if as_json:
        print_json([asdict(item) for item in found])
    for item in [] if as_json else found:
        out().print(plain(f"{item.id[:8]} {item.notifier}: {item.title}"))
        out().print(plain(f"    {moment(item.created_at)}: {item.error}"), style="dim")
    if not found and not as_json:
        out().print("Nothing failed.")
    raise typer.Exit(Exit.PARTIAL if found else Exit.OK)


@group.command("test")
def send_test(
    context: typer.Context,
    notifier: Annotated[str, typer.Argument(help="The notifier, as in [notifiers.NAME].")],
    as_json: AsJson = False,
) -> None:
    """Send a test message through a notifier, now."""
    from deskpulse.message import Message

    with shell_of(context).workspace() as workspace:
        now = workspace.clock.now()
        message = Message(
            key=f"test/{now.isoformat()}",
            kind="note",
            title=f"{workspace.config.name}: a test",
            summary="This is a test message of deskpulse; nothing is wrong.",
            zone=workspace.config.zone,
            complete_to=now,
        )
        with reserved_output(for_json=as_json):
            receipt = workspace.notifier(notifier).send(message)
    if as_json:
        print_json({"notifier": notifier, "note": receipt.note, "address": receipt.address})
    else:
        out().print(plain(f"{notifier}: sent. {receipt.note}".rstrip()))


@group.command()
def evaluate(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask every rule now, and put what is to be told into the outbox; `run` sends it."""
    from deskpulse.app.alerting import Alerting
    from deskpulse.app.screen import tell

    with shell_of(context).workspace() as workspace:
        alerting = Alerting(workspace, tell)
        report = alerting.evaluate()
    if as_json:
        print_json(
            {
                "transitions": dict(report.transitions),
                "messages": report.messages,
                "next_look": report.next_look,
                "failing": sorted(alerting.failing),
            }
        )
    else:
        out().print(plain(report.words or "Nothing new."))
    raise typer.Exit(Exit.PARTIAL if alerting.failing else Exit.OK)


def _unknown(what: str, ident: object) -> Exception:
    from deskpulse.errors import ConfigError

    return ConfigError(f"there is no {what} {ident}", hint="`deskpulse alerts --help` says more.")

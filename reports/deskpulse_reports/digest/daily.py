"""Write the daily digest: a headline in words, the numbers, who waits longest, how fresh it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from deskpulse.message import Figure, Figures, Message, Paragraph, Part, TicketLine, Tickets
from deskpulse_reports import freshness, headline, words
from deskpulse_reports.charts import sparkline
from deskpulse_reports.digest.content import DigestInput, KpiLine, Waiting

_FLOW = ("submissions", "resolutions")


def key(name: str, period: date) -> str:
    """The same for every attempt at one digest of one period, so that it is sent once."""
    return f"digest/{name}/{period.isoformat()}"


def daily(given: DigestInput) -> Message | None:
    """The message, or None when nothing happened and `when_empty` is "skip".

    Old data is never skipped: a source that stopped looks like a quiet day.
    """
    quiet = _quiet(given)
    late = freshness.warnings(given.sources, given.as_of, given.zone)
    if quiet and not late and given.when_empty == "skip":
        return None
    sentence = _sentence(given)
    summary = f"{sentence} Careful: some of the data is older than expected." if late else sentence
    return Message(
        key=key(given.name, given.day),
        kind="digest",
        title=f"{given.desk}: {words.day(given.day)}",
        summary=summary,
        parts=tuple(_parts(given, late)),
        links=given.links,
        complete_to=freshness.complete_to(given.sources),
        zone=given.zone,
    )


def _parts(given: DigestInput, late: tuple[str, ...]) -> Iterator[Part]:
    if late:
        yield Paragraph(tuple(f"{warning}." for warning in late), title="Old data")
    if given.lines:
        title = f"{words.day(given.day, year=False)} against {_versus(given.day)}"
        yield Figures(tuple(_figure(line) for line in given.lines), title=title)
    if given.waiting:
        yield Tickets(
            tuple(_ticket(ticket, given) for ticket in given.waiting),
            title="Waiting longest for an answer",
            total=given.waiting_total,
        )
    if len(given.sources) > 1:  # of one source, the message's own `complete_to` says it all
        said = (source.said(given.as_of, given.zone) for source in given.sources)
        yield Paragraph(tuple(said), title="Data")


def _figure(line: KpiLine) -> Figure:
    changed = words.change(
        line.value,
        line.before,
        line.unit,
        versus="",
        direction=line.direction,
        cases=line.cases,
        minimum=line.minimum,
        clock=line.clock,
    )
    return Figure(
        label=line.label,
        value=words.value(line.value, line.unit, line.clock),
        delta=changed.short if changed else None,
        tone=changed.tone if changed else "neutral",
        sparkline=sparkline(line.course) or None,
        note=_note(line) or None,
    )


def _note(line: KpiLine) -> str:
    counted = line.n is not None and not words.is_count(line.unit)
    parts = (
        line.statistic if line.statistic != "value" else "",
        words.sample(line.n) if counted else "",
        "business hours" if line.clock == "business" else "",
    )
    return ", ".join(part for part in parts if part)


def _ticket(ticket: Waiting, given: DigestInput) -> TicketLine:
    waited = max((given.as_of - ticket.since).total_seconds(), 0.0)
    note = f"waiting {words.duration(waited)}"
    return TicketLine(
        ticket.reference,
        ticket.subject,
        note=f"{note}, {ticket.team}" if ticket.team else note,
        url=ticket.url,
    )


def _sentence(given: DigestInput) -> str:
    came_in, resolved = (given.line(kpi) for kpi in _FLOW)
    if came_in is None and resolved is None and given.lines:
        named = (f"{line.label} {_figure(line).value}" for line in given.lines[:3])
        return f"{_when(given)}: {', '.join(named)}."
    reply = given.line("first_reply_time")
    return headline.sentence(
        _when(given),
        came_in.value if came_in else None,
        resolved.value if resolved else None,
        _pace(reply) if reply else headline.Pace(None),
        _versus(given.day),
    )


def _pace(reply: KpiLine) -> headline.Pace:
    return headline.Pace(
        reply.value, reply.before, reply.cases, reply.statistic, reply.minimum, reply.clock
    )


def _when(given: DigestInput) -> str:
    today = given.as_of.astimezone(ZoneInfo(given.zone)).date()
    named = {today: "Today", today - timedelta(days=1): "Yesterday"}
    return named.get(given.day, f"On {words.day(given.day)}")


def _versus(day: date) -> str:
    return f"the {words.weekday(day.weekday())} before"


def _quiet(given: DigestInput) -> bool:
    """Nobody knows that nothing happened unless the digest counts what comes in or goes out."""
    flow = [line for kpi in _FLOW if (line := given.line(kpi)) is not None]
    return not given.waiting and bool(flow) and not any(line.value for line in flow)

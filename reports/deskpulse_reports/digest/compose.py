"""Write a digest: a headline in words, the numbers, what is urgent, and how fresh it all is."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from deskpulse.message import Message, Paragraph, Part, Table
from deskpulse_reports import freshness, headline, words
from deskpulse_reports.digest import figures
from deskpulse_reports.digest.content import Breakdown, DigestInput
from deskpulse_reports.digest.figures import KpiLine
from deskpulse_reports.digest.period import Period
from deskpulse_reports.digest.reviews import reviews_part
from deskpulse_reports.digest.tickets import breaking_part, late_part, outlier_part, waiting_part

_FLOW = ("submissions", "resolutions")


def key(name: str, period: Period) -> str:
    """The same for every attempt at one digest of one period, so that it is sent once."""
    return f"digest/{name}/{period.name}"


def compose(given: DigestInput) -> Message | None:
    """The message, or None when there is nothing to tell and `when_empty` wants silence then.

    Old data is never passed over: a source that stopped looks like a quiet day.
    """
    late = freshness.warnings(given.sources, given.as_of, given.zone)
    if not late and _silent(given):
        return None
    sentence = _sentence(given)
    summary = f"{sentence} Careful: some of the data is older than expected." if late else sentence
    about = f"{given.desk}, {given.whom}" if given.whom else given.desk
    return Message(
        key=key(given.name, given.period),
        kind="digest",
        title=f"{about}: {given.period.title}",
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
        yield figures.part(given.lines, given.period)
    if given.late:
        yield late_part(given.late, given.late_total)
    if given.breaking:
        yield breaking_part(given.breaking, given.breaking_total)
    if given.waiting:
        yield waiting_part(given.waiting, given.waiting_total, given.as_of)
    if given.outliers:
        reply = given.line("first_reply_time")
        yield outlier_part(given.outliers, reply.clock if reply else "calendar")
    reviews = reviews_part(given.reviews)
    if reviews is not None:
        yield reviews
    yield from (_table(breakdown) for breakdown in given.breakdowns if breakdown.rows)
    if len(given.sources) > 1:  # of one source, the message's own `complete_to` says it all
        said = (source.said(given.as_of, given.zone) for source in given.sources)
        yield Paragraph(tuple(said), title="Data")


def _table(breakdown: Breakdown) -> Table:
    _, first = breakdown.rows[0]
    return Table(
        columns=("", *(line.label for line in first)),
        rows=tuple(
            (name, *(words.value(line.value, line.unit, line.clock) for line in lines))
            for name, lines in breakdown.rows
        ),
        title=breakdown.title,
    )


def _sentence(given: DigestInput) -> str:
    today = given.as_of.astimezone(ZoneInfo(given.zone)).date()
    when, versus = given.period.told_on(today), given.period.versus
    came_in, resolved = (given.line(kpi) for kpi in _FLOW)
    if came_in is None and resolved is None and given.lines:
        named = (f"{line.label} {figures.figure(line).value}" for line in given.lines[:3])
        said = f"{when}: {', '.join(named)}."
    else:
        reply = given.line("first_reply_time")
        said = headline.sentence(
            when,
            came_in.value if came_in else None,
            resolved.value if resolved else None,
            _pace(reply) if reply else headline.Pace(None),
            versus,
        )
    return said + _promises(given.late_total, given.breaking_total)


def _promises(late: int, breaking: int) -> str:
    """` 2 promises are late, 3 more would break today.`; nothing where there is neither."""
    if not late:
        return f" {words.plural(breaking, 'promise')} would break today." if breaking else ""
    are = "is" if late == 1 else "are"
    more = f", {breaking:,} more would break today" if breaking else ""
    return f" {words.plural(late, 'promise')} {are} late{more}."


def _pace(reply: KpiLine) -> headline.Pace:
    return headline.Pace(
        reply.value, reply.before, reply.cases, reply.statistic, reply.minimum, reply.clock
    )


def _silent(given: DigestInput) -> bool:
    if given.when_empty == "send" or given.waiting or given.late_total or given.breaking_total:
        return False
    if given.when_empty == "changed":
        return bool(given.lines) and not any(_moved(line) for line in given.lines)
    # nobody knows that nothing happened unless the digest counts what comes in or goes out
    flow = [line for kpi in _FLOW if (line := given.line(kpi)) is not None]
    return bool(flow) and not any(line.value for line in flow)


def _moved(line: KpiLine) -> bool:
    """Whether a number is another one than in the period just before."""
    return len(line.course) < 2 or line.course[-1] != line.course[-2]

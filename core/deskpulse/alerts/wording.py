"""From a bundle of news to the message that says it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from deskpulse.alerts.grouping import Bundle, News
from deskpulse.alerts.routing import Route
from deskpulse.message import (
    Action,
    Figure,
    Figures,
    Link,
    Message,
    MessageKind,
    Paragraph,
    Part,
    TicketLine,
    Tickets,
)
from deskpulse.untrusted import Text, Untrusted, opened

LISTED = 10
"""Subjects named in a message about many; the count is always exact."""
SNOOZE = "1h"
LEADS = {
    "resolved": "Resolved",
    "moved": "Told elsewhere now",
    "escalated": "Escalated",
    "eased": "Eased",
    "repeat": "Still firing",
    "snooze over": "Back from snooze",
    "steady": "Still firing",
    "flapping": "Flapping",
    "acknowledged": "Looked after",
    "came and went": "In quiet hours",
}
AFTERWARDS = {
    "flapping": "It will be told again when it is calm; until then nothing more is sent.",
}


def compose(bundle: Bundle, route: Route, *, number: int, open_now: int, zone: str) -> Message:
    """Message `number` of the bundle's thread. `open_now`: of a group, how many still fire."""
    alone = bundle.size == 1 and len(bundle.news) == 1
    message = _one(bundle.news[0]) if alone else _many(bundle, open_now)
    calls = message.kind == "firing"
    return replace(
        message,
        key=f"alert/{bundle.thread}/{number}",
        thread=bundle.thread,
        zone=zone,
        mentions=route.people if calls else (),
        actions=() if message.kind in {"resolved", "note"} else _buttons(bundle.thread),
    )


def led(lead: str, text: Text) -> Text:
    """`Resolved: ` before a text; a customer's words stay marked as such."""
    if not lead:
        return text
    joined = f"{lead}: {opened(text)}"
    return Untrusted(joined) if isinstance(text, Untrusted) else joined


def _one(news: News) -> Message:
    verdict, alert = news.verdict, news.case.alert
    content, lead = alert.content, LEADS.get(verdict.reason, "")
    remarks = [text for text in (_remark(news), _held(news)) if text]
    told: tuple[Part, ...] = (Paragraph(tuple(remarks)),) if remarks else ()
    return replace(
        content,
        kind=verdict.kind or "note",
        severity=alert.severity,
        acknowledged=alert.stands in {"acknowledged", "snoozed"},
        title=led(lead, content.title),
        summary=led(lead, content.summary),
        parts=(*told, *content.parts),
    )


def _remark(news: News) -> str:
    detail = news.verdict.detail
    if news.verdict.reason in {"new", "escalated", "eased"} or not detail:
        return ""
    after = AFTERWARDS.get(news.verdict.reason, "")
    return f"{detail[:1].upper()}{detail[1:]}. {after}".rstrip()


def _held(news: News) -> str:
    since, fired = news.case.told.held_at, news.case.alert.fired_at
    if since is None or news.verdict.kind == "note":
        return ""
    return f"Held during quiet hours; it fires since {_moment(fired or since)}."


def _many(bundle: Bundle, open_now: int) -> Message:
    news = sorted(bundle.news, key=lambda item: -item.case.alert.rank)
    first, rule = news[0].case.alert, news[0].case.alert.rule
    kind, headline = _headline(bundle, open_now, rule)
    complete = [item.case.alert.content.complete_to for item in news]
    known = [moment for moment in complete if moment is not None]
    return Message(
        key="",
        kind=kind,
        severity=first.severity,
        title=headline,
        summary=f"{headline}: {_tally(news)}.",
        parts=(_figures(news), _list(news)),
        links=_links(news),
        # one that is behind makes the whole statement older
        complete_to=min(known) if len(known) == len(complete) and known else None,
        zone=first.content.zone,
    )


def _headline(bundle: Bundle, open_now: int, rule: str) -> tuple[MessageKind, str]:
    count = len(bundle.news)
    kinds = {item.verdict.kind for item in bundle.news}
    begins = bundle.news[0].first
    if kinds == {"note"}:
        return "note", f"{count:,} alerts of {rule} came and went in quiet hours"
    if begins:
        return "firing", f"{count:,} alerts of {rule}"
    if open_now == 0:
        return "resolved", f"All {bundle.size:,} alerts of {rule} are over"
    loud = any(item.verdict.kind == "firing" for item in bundle.news)
    return (
        "firing" if loud else "update",
        f"{open_now:,} of {bundle.size:,} alerts of {rule} still fire",
    )


def _tally(news: list[News]) -> str:
    counted = Counter(_what(item) for item in news)
    return ", ".join(f"{count:,} {what}" for what, count in counted.most_common())


def _what(item: News) -> str:
    alert, reason = item.case.alert, item.verdict.reason
    level = f" ({alert.level})" if alert.level else ""
    return f"{reason}{level}"


def _figures(news: list[News]) -> Figures:
    counted = Counter(_what(item) for item in news)
    return Figures(tuple(Figure(what, f"{count:,}") for what, count in counted.most_common()))


def _list(news: list[News]) -> Part:
    """The first few, as tickets where that is what every alert is about."""
    title = f"{LISTED} of {len(news):,}" if len(news) > LISTED else None
    lines: list[TicketLine] = []
    for item in news[:LISTED]:
        own = [part for part in item.case.alert.content.parts if isinstance(part, Tickets)]
        if not own or not own[0].items:
            texts = tuple(item.case.alert.content.title for item in news[:LISTED])
            return Paragraph(texts, title=title)
        lines.append(own[0].items[0])
    return Tickets(tuple(lines), title=title, total=len(news))


def _links(news: list[News]) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(link for item in news for link in item.case.alert.content.links))[:1]


def _buttons(thread: str) -> tuple[Action, ...]:
    return (
        Action("Acknowledge", "acknowledge", thread),
        Action("Snooze 1 h", "snooze", f"{SNOOZE} {thread}"),
    )


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"

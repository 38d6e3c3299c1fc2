"""The timeline of one ticket: every event in order, and what each counts as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from deskpulse.clock import from_micros
from deskpulse_reports.facts.words import STATUS

if TYPE_CHECKING:
    from deskpulse_reports.facts.events import Events
    from deskpulse_reports.facts.history import History

_CREATED, _MESSAGE, _CHANGE, _SURVEY, _GONE = range(5)
_ENTRY = ("what", "who", "role", "id", "counts_as")


@dataclass
class Labels:
    """What messages (by line) and status events (by place) count as."""

    messages: dict[int, list[str]] = field(default_factory=dict)
    statuses: dict[int, list[str]] = field(default_factory=dict)


def iso(micros: int | None) -> str | None:
    """An instant as ISO 8601 in UTC; null stays null."""
    return None if micros is None else from_micros(micros).isoformat().replace("+00:00", "Z")


def timeline(history: History, events: Events, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of the only ticket of `events`; `ticket` is its row of the `tickets` facts.

    Each is a dict: instant (ISO), what, who (id or null), role (of a message's author), id and
    counts_as. At one instant messages come before changes, as everywhere.
    """
    labels = _labels(events, ticket)
    entries = [
        *_messages(events, labels),
        *_changes(history, events, labels),
        *_surveys(history),
        *_stated(events, ticket, labels),
    ]
    created = {"what": "ticket created", "counts_as": "start of every clock"}
    entries.append((ticket["created_at"], _CREATED, 0, created))
    if ticket["removed_at"] is not None:
        gone = f"ticket gone: {ticket['removed_reason']}"
        entries.append((ticket["removed_at"], _GONE, 0, {"what": gone, "counts_as": "end of all"}))
    return [
        {"instant": iso(instant), **{name: entry.get(name) for name in _ENTRY}}
        for instant, _, _, entry in sorted(entries, key=lambda e: e[:3])
    ]


_Entry = tuple[int, int, int, dict[str, Any]]


def _labels(events: Events, ticket: dict[str, Any]) -> Labels:
    labels = Labels()
    n = 0
    for wait in events.waits.iter_rows(named=True):
        n += wait["is_next"]
        name = f"next reply {n}" if wait["is_next"] else "a wait"
        labels.messages.setdefault(wait["asked_in"], []).append(f"starts {name}")
        if wait["answered_in"] is not None:
            if wait["is_next"]:
                labels.messages.setdefault(wait["answered_in"], []).append(f"ends {name}")
        elif wait["ended_at"] is not None:
            ends = events.statuses.filter(pl.col("ends") & (pl.col("instant") == wait["ended_at"]))
            labels.statuses.setdefault(ends["place"][0], []).append(f"ends {name}: solved")
    answers = events.messages["answers"].arg_true()
    if len(answers) and events.messages["sent_at"][answers[0]] == ticket["first_reply_at"]:
        labels.messages.setdefault(answers[0], []).insert(0, "first reply")
    return labels


def _messages(events: Events, labels: Labels) -> list[_Entry]:
    entries = []
    for line, message in enumerate(events.messages.iter_rows(named=True)):
        counts_as = labels.messages.get(line) or [_plain_message(message)]
        kind = "public message" if message["public"] else "internal note"
        entry = {
            "what": kind,
            "who": message["author_id"],
            "role": message["role"],
            "id": message["id"],
            "counts_as": "; ".join(counts_as),
        }
        entries.append((message["sent_at"], _MESSAGE, line, entry))
    return entries


def _plain_message(message: dict[str, Any]) -> str:
    if message["creation"]:
        return "creation"
    if message["auto"]:
        return "auto-reply: ignored"
    if message["role"] in ("bot", "system"):
        return f"{message['role']}: ignored"
    if not message["public"]:
        return "note: ignored"
    if message["role"] is None:
        return "author unknown: ignored"
    if message["customer"]:
        return "part of the same wait"
    if message["sent_at"] < message["created_at"]:
        return "reply from before the ticket: no first reply"
    return "reply"


def _changes(history: History, events: Events, labels: Labels) -> list[_Entry]:
    known = {change["id"]: change for change in events.changes.iter_rows(named=True)}
    statuses = {row["id"]: row for row in events.statuses.iter_rows(named=True) if row["id"]}
    order = history.changes.sort("changed_at", "seq", pl.col("id").str.len_chars(), "id")
    entries = []
    for n, change in enumerate(order.iter_rows(named=True)):
        entry = {
            "what": f"{change['field']}: {change['old']} -> {change['new']}",
            "who": change["actor_id"],
            "id": change["id"],
            "counts_as": _change(change, known.get(change["id"]), statuses, labels),
        }
        if change["observed"]:
            entry["what"] += " (observed)"
        instant = known.get(change["id"], {}).get("instant", change["changed_at"])
        entries.append((instant, _CHANGE, n, entry))
    return entries


def _change(
    change: dict[str, Any],
    known: dict[str, Any] | None,
    statuses: dict[str, dict[str, Any]],
    labels: Labels,
) -> str:
    if known is None:
        return "not used"
    if change["field"] == "handoff":
        return "handoff: a human's response is awaited from here"
    if change["field"] != "status":
        return f"{change['field']} from here"
    status = statuses.get(change["id"])
    if status is None:
        return "ignored" if change["new"] in STATUS.categories else "ignored: no known status"
    return _status(status, labels)


def _status(status: dict[str, Any], labels: Labels) -> str:
    meaning = f"{status['status']} from here" if status["entered"] else "no change of status"
    if status["resolves"]:
        meaning = "resolution"
    elif status["reopens"]:
        meaning = "reopening"
    return "; ".join([meaning, *labels.statuses.get(status["place"], [])])


def _stated(events: Events, ticket: dict[str, Any], labels: Labels) -> list[_Entry]:
    """Ends that the ticket itself states, where they count."""
    entries: list[_Entry] = []
    for status in events.statuses.filter(pl.col("id").is_null()).iter_rows(named=True):
        if status["place"] > 0:
            entry = {
                "what": f"{status['status']} (stated)",
                "counts_as": _status(status, labels),
            }
            entries.append((status["instant"], _CHANGE, status["place"], entry))
    seen = events.messages.filter("answers")["sent_at"].to_list()[:1]
    if ticket["first_reply_at"] is not None and ticket["first_reply_at"] not in seen:
        reply = {"what": "first reply (stated)", "counts_as": "first reply"}
        entries.append((ticket["first_reply_at"], _MESSAGE, -1, reply))
    return entries


def _surveys(history: History) -> list[_Entry]:
    entries = []
    for n, survey in enumerate(history.surveys.sort("id").iter_rows(named=True)):
        for name in ("sent", "answered"):
            instant = survey[f"{name}_at"]
            if instant is not None:
                score = f" with {survey['score']}" if name == "answered" else ""
                entry = {
                    "what": f"{survey['kind']} survey {name}{score}",
                    "id": survey["id"],
                    "counts_as": f"survey {name}",
                }
                entries.append((instant, _SURVEY, n, entry))
    return entries

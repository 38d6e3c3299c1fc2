"""A message as JSON for a program to read. Pure.

Text is text: whoever shows it escapes it for where it goes. Controls and bidi overrides are gone.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import orjson

from deskpulse.message import Figures, Message, Paragraph, Part, Series, Table, Tickets
from deskpulse.untrusted import Text
from deskpulse_notifiers.plain import text_of
from deskpulse_notifiers.text import clean, fit, one_line
from deskpulse_notifiers.urls import web_address
from deskpulse_notifiers.words import headline

VERSION = 1
LARGEST = 1_000_000
"""Bytes of a body; a longer message goes without its parts, and `text` says what it can."""


def body_of(message: Message) -> bytes:
    """The body of the request, as it is signed and sent."""
    body = orjson.dumps(_fields(message))
    if len(body) <= LARGEST:
        return body
    bare = _fields(replace(message, parts=())) | {"text": fit(text_of(message), LARGEST // 8)}
    return orjson.dumps(bare | {"left_out": len(message.parts)})


def _fields(message: Message) -> dict[str, Any]:
    return {
        "version": VERSION,
        "id": message.id,
        "key": clean(message.about),
        "kind": message.kind,
        "severity": message.severity,
        "acknowledged": message.acknowledged,
        "title": headline(message),
        "summary": one_line(message.summary),
        "complete_to": message.complete_to.isoformat() if message.complete_to else None,
        "zone": clean(message.zone),
        "people": [clean(person) for person in message.mentions],
        "parts": [_part(part) for part in message.parts],
        "links": [
            {"label": one_line(link.label), "url": web_address(link.url)} for link in message.links
        ],
        "actions": [
            {"label": one_line(each.label), "name": clean(each.name), "value": clean(each.value)}
            for each in message.actions
        ],
        "text": text_of(message),
    }


def _part(part: Part) -> dict[str, Any]:
    title = _or_none(part.title)
    match part:
        case Paragraph():
            return {"type": "paragraph", "title": title, "lines": [clean(x) for x in part.lines]}
        case Figures():
            items = [
                {
                    "label": one_line(figure.label),
                    "value": one_line(figure.value),
                    "delta": _or_none(figure.delta),
                    "tone": figure.tone,
                    "sparkline": _or_none(figure.sparkline),
                    "note": _or_none(figure.note),
                }
                for figure in part.items
            ]
            return {"type": "figures", "title": title, "items": items}
        case Table():
            rows = [[one_line(cell) for cell in row] for row in part.rows]
            columns = [one_line(column) for column in part.columns]
            return {"type": "table", "title": title, "columns": columns, "rows": rows}
        case Series():
            points = [[one_line(label), _finite(value)] for label, value in part.points]
            unit = one_line(part.unit)
            return {"type": "series", "title": title, "unit": unit, "points": points}
        case Tickets():
            lines = [
                {
                    "reference": one_line(item.reference),
                    "subject": one_line(item.subject),
                    "note": one_line(item.note),
                    "url": web_address(item.url) or None,
                }
                for item in part.items
            ]
            return {"type": "tickets", "title": title, "total": part.total, "items": lines}


def _or_none(text: Text | None) -> str | None:
    return None if text is None else one_line(text)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

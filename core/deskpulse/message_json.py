"""A Message as JSON and back: the form in which the outbox keeps it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

import orjson

from deskpulse import message as content
from deskpulse.message import Message
from deskpulse.untrusted import Untrusted

_CLASSES = {
    cls.__name__: cls
    for cls in (
        content.Action,
        content.Figure,
        content.Figures,
        content.Link,
        content.Message,
        content.Paragraph,
        content.Series,
        content.Table,
        content.TicketLine,
        content.Tickets,
    )
}


def dumps(message: Message) -> str:
    """The message as JSON; customer text stays marked as such."""
    return orjson.dumps(_encode(message)).decode()


def loads(text: str) -> Message:
    """The message that `dumps` wrote."""
    message = _decode(orjson.loads(text))
    assert isinstance(message, Message)
    return message


def _encode(value: Any) -> Any:
    if isinstance(value, Untrusted):
        # a lone surrogate cannot be written as UTF-8
        return {"_": "Untrusted", "text": value.open().encode(errors="replace").decode()}
    if isinstance(value, datetime):
        return {"_": "datetime", "iso": value.isoformat()}
    if is_dataclass(value):
        encoded = {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
        return {"_": type(value).__name__, **encoded}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    name = value.pop("_")
    if name == "Untrusted":
        return Untrusted(value["text"])
    if name == "datetime":
        return datetime.fromisoformat(value["iso"])
    return _CLASSES[name](**{key: _decode(item) for key, item in value.items()})

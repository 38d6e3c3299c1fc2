"""Alerts as JSON and as lines for a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from deskpulse.alerts.alert import Alert
from deskpulse.alerts.silence import Silence
from deskpulse.alerts.told import Told
from deskpulse.config.tables import Span
from deskpulse.errors import ConfigError
from deskpulse.untrusted import opened


def alert_json(alert: Alert) -> dict[str, Any]:
    """An alert for programs. `title` and `summary` may hold a customer's words."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "level": alert.level,
        "state": alert.state,
        "severity": alert.severity,
        "title": opened(alert.content.title),
        "summary": opened(alert.content.summary),
        "labels": dict(alert.labels),
        "since_at": alert.since_at,
        "fired_at": alert.fired_at,
        "due_at": alert.due_at,
        "closed_at": alert.closed_at,
        "outcome": alert.outcome,
        "acknowledged_by": alert.acknowledged_by,
        "snoozed_until": alert.snoozed_until,
        "complete_to": alert.content.complete_to,
    }


def alert_line(alert: Alert) -> str:
    """`17 firing critical: Ticket 4711 waits (breach), since 2026-11-22 08:00 UTC`."""
    level = f" ({alert.level})" if alert.level else ""
    by = f" by {alert.acknowledged_by}" if alert.acknowledged_by else ""
    return (
        f"{alert.id} {alert.state}{by} {alert.severity}: {opened(alert.content.title)}{level}, "
        f"since {alert.since_at:%Y-%m-%d %H:%M} UTC"
    )


def told_json(told: Told) -> dict[str, Any]:
    """What one route was told, and why it is told nothing more."""
    return {
        "route": told.route,
        "reason": told.reason,
        "detail": told.detail,
        "until": told.until,
        "told": told.state,
        "told_at": told.told_at,
        "messages": told.messages,
    }


def silence_json(silence: Silence) -> dict[str, Any]:
    """A silence for programs."""
    return {
        "id": silence.id,
        "match": {label: list(values) for label, values in silence.matchers.items()},
        "author": silence.author,
        "reason": silence.reason,
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
    }


def read_span(option: str, text: str) -> timedelta:
    """A span of time; raises `ConfigError`."""
    try:
        return TypeAdapter(Span).validate_python(text)
    except ValidationError:
        raise ConfigError(
            f'{option} is {text!r}, which is no span of time; write "90s", "5m", "2h" or "1d"'
        ) from None


def read_matchers(texts: list[str]) -> dict[str, tuple[str, ...]]:
    """`team=5` and the like; a label that comes twice allows either value."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        label, equals, value = text.partition("=")
        if not equals or not label.strip() or not value.strip():
            raise ConfigError(f"--match is {text!r}; write it as team=5 or rule=first_reply")
        found[label.strip()] = (*found.get(label.strip(), ()), value.strip())
    return found


def moment(instant: datetime | None) -> str:
    """`2026-11-22 08:00 UTC`."""
    return "" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"

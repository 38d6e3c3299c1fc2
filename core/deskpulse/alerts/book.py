"""Alerts, announcements and silences as rows: read and written within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, text, update

from deskpulse import message_json
from deskpulse.alerts.alert import Alert
from deskpulse.alerts.grouping import Recent
from deskpulse.alerts.silence import Silence
from deskpulse.alerts.told import Told
from deskpulse.clock import from_micros, to_micros
from deskpulse.store import alert_tables

_ALERT = alert_tables.Alert.__table__  # type: ignore[attr-defined]
_EVENT = alert_tables.AlertEvent.__table__  # type: ignore[attr-defined]
_TOLD = alert_tables.Announcement.__table__  # type: ignore[attr-defined]
_INSTANTS = {
    name
    for kind in (Alert, Told, Silence)
    for name in (field.name for field in fields(kind))
    if name.endswith(("_at", "until"))
}
_CONTENT, _JSON = "content", ("labels", "matchers")

About = tuple[str, str]
"""(rule, subject)."""


def open_alerts(connection: Connection) -> list[Alert]:
    """Every alert that is not over, locked where the database can: a late click waits its turn."""
    found = connection.execute(
        select(_ALERT).where(_ALERT.c.closed_at.is_(None)).order_by(_ALERT.c.id).with_for_update()
    )
    return [alert_of(row) for row in found.mappings()]


def latest(connection: Connection, abouts: Iterable[About]) -> dict[About, Alert]:
    """The last alert about each of these, over or not."""
    found: dict[About, Alert] = {}
    wanted = sorted(abouts)
    for start in range(0, len(wanted), 400):
        part = wanted[start : start + 400]
        rows = connection.execute(
            select(_ALERT)
            .where(_ALERT.c.rule.in_({rule for rule, _ in part}))
            .where(_ALERT.c.subject.in_({subject for _, subject in part}))
            .order_by(_ALERT.c.id)
        )
        for row in rows.mappings():
            found[row["rule"], row["subject"]] = alert_of(row)
    return {about: alert for about, alert in found.items() if about in set(wanted)}


def alert(connection: Connection, ident: int) -> Alert | None:
    """The alert of this id."""
    row = connection.execute(select(_ALERT).where(_ALERT.c.id == ident)).mappings().first()
    return None if row is None else alert_of(row)


def listed(connection: Connection, states: Sequence[str], most: int) -> list[Alert]:
    """The newest alerts in these states; none named: those that are open."""
    statement = select(_ALERT).order_by(_ALERT.c.id.desc()).limit(most)
    chosen = _ALERT.c.state.in_(states) if states else _ALERT.c.closed_at.is_(None)
    return [alert_of(row) for row in connection.execute(statement.where(chosen)).mappings()]


def add(connection: Connection, alerts: Sequence[Alert]) -> list[int]:
    """Write new alerts; their ids, in order."""
    if not alerts:
        return []
    rows = [{k: v for k, v in _row(alert).items() if k != "id"} for alert in alerts]
    found = connection.execute(
        insert(_ALERT).returning(_ALERT.c.id, sort_by_parameter_order=True), rows
    )
    return [int(ident) for ident in found.scalars()]


def change(connection: Connection, alerts: Sequence[Alert]) -> None:
    """Write what became of alerts that are known."""
    if alerts:
        names = [name for name in _row(alerts[0]) if name != "id"]
        statement = (
            update(_ALERT)
            .where(_ALERT.c.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}") for name in names})
        )
        rows = [{f"b_{k}": v for k, v in _row(alert).items()} for alert in alerts]
        connection.execute(statement, rows)


def note(connection: Connection, events: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Write down what happened: (alert id, what, detail)."""
    if events:
        rows = [
            {"alert_id": ident, "happened_at": to_micros(now), "what": what, "detail": detail}
            for ident, what, detail in events
        ]
        connection.execute(insert(_EVENT), rows)


def events(connection: Connection, ident: int) -> list[dict[str, Any]]:
    """What happened to an alert, oldest first."""
    rows = connection.execute(
        select(_EVENT.c.happened_at, _EVENT.c.what, _EVENT.c.detail)
        .where(_EVENT.c.alert_id == ident)
        .order_by(_EVENT.c.id)
    )
    return [dict(row) | {"happened_at": from_micros(row["happened_at"])} for row in rows.mappings()]


def told(connection: Connection) -> list[Told]:
    """What routes were told about everything that is open or not told to its end."""
    same = (_ALERT.c.rule == _TOLD.c.rule) & (_ALERT.c.subject == _TOLD.c.subject)
    of_open = select(_TOLD).join(_ALERT, same).where(_ALERT.c.closed_at.is_(None))
    # two short lists: as one condition they would be looked for in every row
    rows = connection.execute(select(_TOLD).where(_TOLD.c.settled.is_(False)).union(of_open))
    return [_told_of(row) for row in rows.mappings()]


def told_about(connection: Connection, about: About) -> list[Told]:
    """What each route was told about one subject."""
    rows = connection.execute(
        select(_TOLD)
        .where(_TOLD.c.rule == about[0], _TOLD.c.subject == about[1])
        .order_by(_TOLD.c.route)
    )
    return [_told_of(row) for row in rows.mappings()]


def keep_told(connection: Connection, changed: Sequence[Told]) -> None:
    """Write what routes know now."""
    if not changed:
        return
    names = [field.name for field in fields(Told)]
    sets = ", ".join(f"{n} = excluded.{n}" for n in names if n not in ("rule", "subject", "route"))
    columns, values = ", ".join(names), ", ".join(f":{name}" for name in names)
    connection.execute(
        text(
            # our own column names
            f"INSERT INTO announcement ({columns}) VALUES ({values}) "  # noqa: S608
            f"ON CONFLICT (rule, subject, route) DO UPDATE SET {sets}"
        ),
        [_plain(asdict(item)) for item in changed],
    )


def recent(connection: Connection, rule: str, since: datetime) -> dict[tuple[str, str], Recent]:
    """A rule's threads that began after `since`, by (route, group)."""
    rows = connection.execute(
        text(
            "SELECT route, grouping, count(DISTINCT thread), max(begun_at) FROM announcement "
            "WHERE rule = :rule AND begun_at > :since GROUP BY route, grouping"
        ),
        {"rule": rule, "since": to_micros(since)},
    )
    return {(row[0], row[1]): Recent(int(row[2]), from_micros(row[3])) for row in rows}


def spoken(connection: Connection, rule: str, since: datetime) -> dict[str, datetime]:
    """When a rule's threads about whole groups were last written to, if after `since`."""
    rows = connection.execute(
        text(
            "SELECT thread, max(told_at) FROM announcement "
            "WHERE rule = :rule AND size > 1 AND told_at > :since GROUP BY thread"
        ),
        {"rule": rule, "since": to_micros(since)},
    )
    return {row[0]: from_micros(row[1]) for row in rows}


def firings(
    connection: Connection, now: datetime, longest: timedelta
) -> dict[tuple[str, str, str], list[datetime]]:
    """When what fired more than once of late did, by (rule, subject, level)."""
    since = to_micros(now - longest)
    rows = connection.execute(
        text(
            "SELECT rule, subject, level, fired_at FROM alert WHERE fired_at > :since "
            "ORDER BY fired_at"
        ),
        {"since": since},
    )
    found: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    for rule, subject, level, fired_at in rows:
        found[rule, subject, level].append(from_micros(fired_at))
    return {key: times for key, times in found.items() if len(times) > 1}


def silences(connection: Connection, now: datetime) -> list[Silence]:
    """Those that are not over."""
    table = alert_tables.Silence.__table__  # type: ignore[attr-defined]
    rows = connection.execute(
        select(table).where(table.c.ends_at > to_micros(now)).order_by(table.c.id)
    )
    return [Silence(**_read(row)) for row in rows.mappings()]


def alert_of(row: RowMapping) -> Alert:
    """The alert that a row holds."""
    return Alert(**_read(row))


def _told_of(row: RowMapping) -> Told:
    return Told(**_read(row))


def _row(alert: Alert) -> dict[str, Any]:
    values = {field.name: getattr(alert, field.name) for field in fields(alert)}
    return _plain(values | {_CONTENT: message_json.dumps(alert.content)})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = to_micros(value)
        elif name in _JSON:
            values[name] = orjson.dumps(value).decode()
    return values


def _read(row: RowMapping) -> dict[str, Any]:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    for name, value in values.items():
        if name in _INSTANTS and value is not None:
            values[name] = from_micros(value)
        elif name in _JSON:
            found = orjson.loads(value)
            values[name] = found if name == "labels" else {k: tuple(v) for k, v in found.items()}
        elif name == _CONTENT:
            values[name] = message_json.loads(value)
    return values

"""The configuration as one value: core's tables validated, plugins' tables kept for the plugins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from deskpulse.config import alerts as checked
from deskpulse.config.alerts import RouteTable, RuleTable
from deskpulse.config.document import Document, nearest
from deskpulse.config.policies import PolicyTable, read_policies
from deskpulse.config.privacy import PrivacyTable, read_privacy, secret_key
from deskpulse.config.secrets import resolve, secret_fields
from deskpulse.config.tables import (
    CalendarTable,
    DigestTable,
    MartTable,
    ScheduleTable,
    SourceTable,
    StoreTable,
)
from deskpulse.errors import ConfigError

TOP = {
    "name": "Name of the desk, shown in reports.",
    "zone": "IANA time zone in which days begin.",
    "calendar": "Business calendar used where no other is set; empty: 24 hours a day.",
    "plugins": "Distributions whose plugins may load; empty: all that are installed.",
}
TABLES = (
    "store",
    "mart",
    "calendars",
    "sources",
    "policies",
    "kpis",
    "targets",
    "notifiers",
    "rules",
    "routes",
    "digests",
    "privacy",
    "schedule",
)


@dataclass(frozen=True, slots=True)
class Plugged:
    """A table that belongs to a plugin: `use` names it, `values` are its settings as written."""

    name: str
    use: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says. Paths are resolved against the file's folder."""

    document: Document
    environ: Mapping[str, str] = field(repr=False)  # it holds the secrets
    name: str
    zone: str
    calendar: str
    plugins: tuple[str, ...]
    store: StoreTable
    mart: MartTable
    calendars: Mapping[str, CalendarTable]
    sources: Mapping[str, SourceTable]
    source_settings: Mapping[str, Plugged]
    policies: Mapping[str, PolicyTable]
    """In the order in which they are tried."""
    kpis: Mapping[str, Mapping[str, Any]]
    targets: Mapping[str, Mapping[str, Any]]
    notifiers: Mapping[str, Plugged]
    rules: Mapping[str, RuleTable]
    rule_settings: Mapping[str, Plugged]
    routes: Mapping[str, RouteTable]
    digests: Mapping[str, DigestTable]
    privacy: PrivacyTable
    schedule: ScheduleTable

    @property
    def base(self) -> Path:
        """The folder that relative paths start from."""
        return self.document.path.parent

    def store_url(self) -> str:
        """The database URL, its secret resolved and its path made absolute."""
        where = self.document.where("store", "url")
        url = self.store.url
        if not isinstance(url, str):
            url = resolve(url, where=where, base=self.base, environ=self.environ)
        elif "://" in url and self._parsed_store().password:
            raise ConfigError(
                f"{where} holds a password",
                hint='Write url = { env = "DESKPULSE_STORE" } and set that variable.',
            )
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + ":memory:"):
            return prefix + str((self.base / url[len(prefix) :]).resolve())
        return url

    def _parsed_store(self) -> URL:
        try:
            return make_url(self.store.url)
        except (ArgumentError, ValueError):
            raise ConfigError(
                f"{self.document.where('store', 'url')} is not a database URL",
                hint="Write sqlite:///deskpulse.db, or postgresql://host/database by reference.",
            ) from None

    def mart_path(self) -> Path:
        """The mart's folder."""
        return (self.base / self.mart.path).resolve()

    def privacy_key(self) -> str | None:
        """The secret of all hashes; None if there is none. Raises `ConfigError`."""
        return secret_key(self.privacy, self.document, self.environ)

    def tapes_path(self) -> Path:
        """The folder of recorded tapes."""
        return (self.base / self.privacy.tapes).resolve()

    def plugin_settings(self, table: str, plugged: Plugged, model: type[BaseModel]) -> BaseModel:
        """A plugin's settings, validated by its own Config, secrets resolved."""
        values = dict(plugged.values)
        for key in secret_fields(model) & values.keys():
            where = self.document.where(f"{table}.{plugged.name}", key)
            secret = resolve(values[key], where=where, base=self.base, environ=self.environ)
            values[key] = SecretStr(secret)
        return self.document.build(model, values, f"{table}.{plugged.name}")


def load(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read a configuration; raises `ConfigError` naming file, table, key and line."""
    document = Document.read(path.resolve())
    values = dict(document.values)
    for key in values.keys() - TOP.keys() - set(TABLES):
        place = document.where(key) if isinstance(values[key], dict) else document.where("", key)
        raise ConfigError(f"{place} is not a setting; {nearest(key, [*TOP, *TABLES])}")
    zone = _zone(document, "", "zone", values.get("zone", "UTC"))
    calendars = {
        name: document.build(CalendarTable, table, f"calendars.{name}")
        for name, table in _tables(document, "calendars").items()
    }
    for name, calendar in calendars.items():
        _zone(document, f"calendars.{name}", "zone", calendar.zone)
    sources, settings = _sources(document, calendars)
    notifiers = {
        name: _plugged(document, "notifiers", name, table, set())
        for name, table in _tables(document, "notifiers").items()
    }
    digests = {
        name: _digest(document, name, table, notifiers)
        for name, table in _tables(document, "digests").items()
    }
    schedule = document.build(ScheduleTable, values.get("schedule", {}), "schedule")
    routes = {
        name: checked.route(document, name, table, notifiers)
        for name, table in _tables(document, "routes").items()
    }
    own = checked.rule_keys()
    rules = {
        name: checked.rule(document, name, table, routes, schedule)
        for name, table in _tables(document, "rules").items()
    }
    desk_calendar = str(values.get("calendar", ""))
    if desk_calendar and desk_calendar not in calendars:
        raise ConfigError(
            f"{document.where('', 'calendar')} is {desk_calendar!r}; "
            f"{nearest(desk_calendar, calendars)}"
        )
    return Config(
        document=document,
        environ=os.environ if environ is None else environ,
        name=str(values.get("name", "Support")),
        zone=zone,
        calendar=desk_calendar,
        plugins=_plugins(document),
        store=document.build(StoreTable, values.get("store", {}), "store"),
        mart=document.build(MartTable, values.get("mart", {}), "mart"),
        calendars=calendars,
        sources=sources,
        source_settings=settings,
        policies=read_policies(document, _tables(document, "policies"), sources, calendars),
        kpis=_tables(document, "kpis"),
        targets=_tables(document, "targets"),
        notifiers=notifiers,
        rules=rules,
        rule_settings={
            name: _plugged(document, "rules", name, table, own)
            for name, table in _tables(document, "rules").items()
        },
        routes=routes,
        digests=digests,
        privacy=read_privacy(document),
        schedule=schedule,
    )


def _plugins(document: Document) -> tuple[str, ...]:
    names = document.values.get("plugins", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(
            f"{document.where('', 'plugins')} must be a list of distributions",
            hint='Write for example plugins = ["acme-deskpulse"].',
        )
    return tuple(names)


def _tables(document: Document, table: str) -> dict[str, Any]:
    values = document.values.get(table, {})
    if not isinstance(values, dict):
        raise ConfigError(f"{document.where('', table)} must hold tables: write [{table}.NAME]")
    for name, inner in values.items():
        if not isinstance(inner, dict):
            raise ConfigError(
                f"{document.where(table, name)} must be a table: write [{table}.{name}]"
            )
    return values


def _sources(
    document: Document, calendars: Mapping[str, CalendarTable]
) -> tuple[dict[str, SourceTable], dict[str, Plugged]]:
    sources, settings = {}, {}
    own = set(SourceTable.model_fields)
    for name, table in _tables(document, "sources").items():
        common = {key: value for key, value in table.items() if key in own}
        sources[name] = document.build(SourceTable, common, f"sources.{name}")
        settings[name] = _plugged(document, "sources", name, table, own)
        calendar = sources[name].calendar
        if calendar is not None and calendar not in calendars:
            raise ConfigError(
                f"{document.where(f'sources.{name}', 'calendar')} is {calendar!r}; "
                f"{nearest(calendar, calendars)}"
            )
    return sources, settings


def _plugged(
    document: Document, table: str, name: str, values: Mapping[str, Any], common: set[str]
) -> Plugged:
    use = values.get("use")
    if not isinstance(use, str):
        raise ConfigError(f"{document.where(f'{table}.{name}', 'use')} is missing: name a plugin")
    rest = {key: value for key, value in values.items() if key not in common | {"use"}}
    return Plugged(name, use, rest)


def _digest(
    document: Document, name: str, values: Any, notifiers: Mapping[str, Plugged]
) -> DigestTable:
    digest = document.build(DigestTable, values, f"digests.{name}")
    for target in digest.to:
        if target not in notifiers:
            raise ConfigError(
                f"{document.where(f'digests.{name}', 'to')} names {target!r}; "
                f"{nearest(target, notifiers)}"
            )
    if digest.zone is not None:
        _zone(document, f"digests.{name}", "zone", digest.zone)
    return digest


def _zone(document: Document, table: str, key: str, name: Any) -> str:
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        close = nearest(str(name), available_timezones()).partition("allowed:")[0]
        raise ConfigError(
            f"{document.where(table, key)} is {name!r}, which is no IANA time zone; {close}".rstrip(
                "; "
            ),
            hint='Write for example "Europe/Berlin".',
        ) from None
    return str(name)

"""An opened configuration: everything a command needs, made when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from deskpulse.clock import AsOf, Clock, SystemClock
from deskpulse.config import Config, load, nearest
from deskpulse.connector import Connector
from deskpulse.errors import ConfigError
from deskpulse.notifier import Notifier
from deskpulse.plugins import Registry
from deskpulse.plugins import load as load_plugins
from deskpulse.store import Store

if TYPE_CHECKING:
    from deskpulse.http.redact import Redactor
    from deskpulse_reports.facts import Settings
    from deskpulse_reports.kpis.catalog import Catalog
    from deskpulse_reports.kpis.engine import KpiEngine
    from deskpulse_reports.mart import Manifest, MartRefresh


@dataclass
class Workspace:
    """Opened with `Workspace.open(path, as_of)`; close it, or use it in a `with`."""

    config: Config
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, path: Path, clock: Clock | None = None) -> Workspace:
        """Read the configuration; nothing else is opened yet. Raises `ConfigError`."""
        return cls(load(path), clock or SystemClock())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened."""
        for name in ("store", "engine"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    # --- plugins ----------------------------------------------------------------------------

    @cached_property
    def registry(self) -> Registry:
        """The plugins that are installed and allowed."""
        return load_plugins(only=self.config.plugins)

    @cached_property
    def redactor(self) -> Redactor:
        """Knows every secret of this configuration once the plugins are configured."""
        from deskpulse.http.redact import Redactor

        return Redactor()

    def sources(self, names: Iterable[str] = ()) -> list[Connector]:
        """The configured sources, ready to be read; `names` limits them."""
        from deskpulse.app.accounts import open_source

        wanted = list(names) or list(self.config.sources)
        for name in wanted:
            if name not in self.config.sources:
                raise ConfigError(
                    f"there is no source {name!r}; {nearest(name, self.config.sources)}"
                )
        return [open_source(self, name) for name in wanted]

    def notifier(self, name: str) -> Notifier:
        """A configured notifier."""
        from deskpulse.app.accounts import open_notifier

        return open_notifier(self, name)

    # --- the way of the data ----------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        """The store of `[store]`."""
        return Store.open(self.config.store_url(), keep_bodies=self.config.privacy.bodies)

    @cached_property
    def settings(self) -> Settings:
        """How facts are derived: calendars, trust, who works when."""
        from deskpulse.app.hours import derive_settings

        return derive_settings(self.config, self.store)

    @cached_property
    def refresh(self) -> MartRefresh:
        """From the store to the mart."""
        from deskpulse_reports.mart import MartRefresh

        return MartRefresh(
            self.store,
            self.config.mart_path(),
            self.settings,
            self.config.mart.custom,
            self.clock,
        )

    @property
    def manifest(self) -> Manifest:
        """The mart's present snapshot."""
        from deskpulse_reports.mart.manifest import read

        return read(self.config.mart_path())

    @cached_property
    def catalog(self) -> Catalog:
        """Every KPI: built in, from plugins, and of `[kpis.X]`."""
        from deskpulse_reports.kpis.catalog import Catalog

        return Catalog.build(
            self.registry.kpis.values(), self.config.kpis, customs=self.config.mart.custom
        )

    @cached_property
    def engine(self) -> KpiEngine:
        """Computes KPIs on the mart's snapshot as it is when this is first asked for."""
        from deskpulse.clock import to_micros
        from deskpulse_reports.kpis.engine import Desk, KpiEngine
        from deskpulse_reports.mart.snapshot import snapshot

        now, calendars = self.clock.now(), self.settings.calendars
        desk = Desk(
            zone=self.config.zone,
            as_of=now,
            open_before={
                name: int(calendars.open_before(number, to_micros(now))) / 1e6
                for number, name in enumerate(calendars.names)
            },
        )
        return KpiEngine(
            snapshot(self.config.mart_path(), self.manifest, self.config.mart.custom),
            self.catalog,
            desk,
        )

    def fresh_engine(self) -> KpiEngine:
        """An engine on the newest snapshot, and with the present as it is now."""
        if "engine" in self.__dict__:
            self.__dict__.pop("engine").close()
        return self.engine


def clock_at(as_of: str | None, zone: str) -> Clock:
    """The clock for `--as-of T`: ISO 8601; without an offset it is local time of `zone`."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    if as_of is None:
        return SystemClock()
    try:
        instant = datetime.fromisoformat(as_of)
    except ValueError:
        raise ConfigError(
            f"--as-of is {as_of!r}, which is no time",
            hint="Write 2026-11-22T08:00 or 2026-11-22T08:00+01:00.",
        ) from None
    return AsOf(instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone)))

"""An opened configuration: everything a command needs, made when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self

from deskpulse.clock import AsOf, Clock, SystemClock
from deskpulse.config import Config, nearest
from deskpulse.connector import Connector
from deskpulse.errors import ConfigError, StoreError
from deskpulse.http.redact import Redactor
from deskpulse.notifier import Notifier
from deskpulse.plugins import Registry
from deskpulse.plugins import load as load_plugins
from deskpulse.store import Store
from deskpulse.sync import Privacy, Progress, Silent, SyncEngine
from deskpulse.sync.report import SyncReport

if TYPE_CHECKING:
    from deskpulse.http.limiter import Limiter
    from deskpulse_reports.facts import Settings
    from deskpulse_reports.kpis.catalog import Catalog
    from deskpulse_reports.kpis.engine import KpiEngine
    from deskpulse_reports.kpis.targets import Targets
    from deskpulse_reports.mart import Manifest, MartRefresh
    from deskpulse_reports.sla import Promises


@dataclass
class Workspace:
    """Use it in a `with`. `stop` ends what is under way after the work at hand.

    `redactor` learns every secret of this configuration as soon as it is used.
    """

    config: Config
    clock: Clock = field(default_factory=SystemClock)
    redactor: Redactor = field(default_factory=Redactor)
    stop: threading.Event = field(default_factory=threading.Event)
    closing: ExitStack = field(default_factory=ExitStack)
    limiters: dict[object, Limiter] = field(default_factory=dict)
    """The request budgets of each account."""
    _sources: dict[str, Connector] = field(default_factory=dict)
    _engines: dict[str, KpiEngine] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened."""
        self.renew()
        self._sources.clear()
        self.closing.close()
        self.__dict__.pop("store", None)

    def beside(self) -> Workspace:
        """The same desk for another thread: store and plugins are shared, questions are its own."""
        other = Workspace(self.config, self.clock, self.redactor, self.stop)
        other.__dict__.update(store=self.store, registry=self.registry)
        self.closing.callback(other.renew)
        return other

    # --- plugins ----------------------------------------------------------------------------

    @cached_property
    def registry(self) -> Registry:
        """The plugins that are installed and allowed."""
        return load_plugins(only=self.config.plugins)

    def sources(self, names: Iterable[str] = ()) -> list[Connector]:
        """The configured sources, ready to be read; `names` limits them. Raises `ConfigError`.

        Each is opened once: its budgets remember what was asked a minute ago.
        """
        from deskpulse.app.accounts import open_source

        wanted = list(names) or list(self.config.sources)
        for name in wanted:
            if name not in self.config.sources:
                raise ConfigError(
                    f"there is no source {name!r}; {nearest(name, self.config.sources)}"
                )
            if name not in self._sources:
                self._sources[name] = open_source(self, name)
        return [self._sources[name] for name in wanted]

    def notifier(self, name: str) -> Notifier:
        """A configured notifier; raises `ConfigError`."""
        from deskpulse.app.accounts import open_notifier

        return open_notifier(self, name)

    # --- the way of the data ----------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        """The store of `[store]`; raises `StoreError`."""
        store = Store.open(self.config.store_url(), keep_bodies=self.config.privacy.bodies)
        self.closing.callback(store.close)
        return store

    def sync(
        self,
        names: Sequence[str] = (),
        streams: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> SyncReport:
        """Read what is new from the sources; `names` and `streams` limit what is read."""
        engine = SyncEngine(self.store, self.clock, progress or Silent(), self.stop, self.privacy)
        limits = {name: table.streams for name, table in self.config.sources.items()}
        return engine.run(self.sources(names), streams=streams, limits=limits)

    @cached_property
    def privacy(self) -> Privacy:
        """The rules of `[privacy]`; raises `ConfigError`."""
        from deskpulse.privacy import Keyed, Rules

        table, key = self.config.privacy, self.config.privacy_key()
        if key is not None:
            self.redactor.add(key)
        keyed = None if key is None else Keyed(key.encode())
        used = {
            name
            for policy in self.config.policies.values()
            for name in (*policy.when.custom, *policy.unless.custom)
        }
        return Privacy(
            Rules(
                table.subjects,
                table.addresses,
                keyed,
                dict[str, timedelta](table.retention.items()),
            ),
            frozenset(self.config.mart.custom) | used,
        )

    @property
    def settings(self) -> Settings:
        """How facts are derived, as the store knows it now: calendars, trust, who works when."""
        from deskpulse.app.hours import derive_settings

        return derive_settings(self.config, self.store)

    def promises(self, settings: Settings | None = None) -> Promises:
        """The SLA policies, as configuration and store know them now; raises `ConfigError`."""
        from deskpulse.app.promises import desk_promises

        return desk_promises(self.config, self.store, settings or self.settings)

    @property
    def refresh(self) -> MartRefresh:
        """From the store to the mart."""
        from deskpulse_reports.mart import MartRefresh

        settings = self.settings
        return MartRefresh(
            self.store,
            self.config.mart_path(),
            settings,
            self.config.mart.custom,
            self.clock,
            self.promises(settings),
        )

    # --- questions --------------------------------------------------------------------------

    @cached_property
    def catalog(self) -> Catalog:
        """Every KPI: built in, from plugins, and of `[kpis.X]`; raises `ConfigError`."""
        from deskpulse_reports.kpis.catalog import Catalog
        from deskpulse_reports.mart.custom import columns_of

        return Catalog.build(
            self.registry.kpis.values(),
            self.config.kpis,
            customs=columns_of(self.config.mart.custom),
        )

    @cached_property
    def targets(self) -> Targets:
        """What values should be, by `[targets.X]`; raises `ConfigError`."""
        from deskpulse_reports.kpis.targets import Targets, known

        return Targets.build(self.config.targets, known(self.catalog), self.config.document.where)

    @cached_property
    def manifest(self) -> Manifest:
        """The mart's snapshot that questions are asked of, until `renew`.

        Raises `StoreError` if there is none, or another version of deskpulse derived it.
        """
        from deskpulse_reports.facts.schema import VERSION
        from deskpulse_reports.mart.manifest import read

        found = read(self.config.mart_path())
        if not found.version:
            raise StoreError(
                "nothing has been derived yet, so there is nothing to compute",
                hint="Run `deskpulse sync` and `deskpulse derive` first.",
            )
        if found.facts != VERSION:
            raise StoreError(
                f"the facts were derived by another version of deskpulse (they are of version "
                f"{found.facts}, this one reads {VERSION})",
                hint="Run `deskpulse derive`: it makes them anew, once.",
            )
        return found

    @property
    def engine(self) -> KpiEngine:
        """Computes KPIs on the mart's snapshot, in the desk's zone; see `engine_in`."""
        return self.engine_in(self.config.zone)

    def engine_in(self, zone: str) -> KpiEngine:
        """Computes KPIs with days of `zone`, and the present as it was at the first question.

        Raises `StoreError` if nothing was derived yet.
        """
        if zone in self._engines:
            return self._engines[zone]
        from deskpulse.clock import to_micros
        from deskpulse_reports.kpis.engine import Desk, KpiEngine
        from deskpulse_reports.mart.snapshot import snapshot

        now, calendars = self.clock.now(), self.settings.calendars
        desk = Desk(
            zone=zone,
            as_of=now,
            open_before={
                name: int(calendars.open_before(number, to_micros(now))) / 1e6
                for number, name in enumerate(calendars.names)
            },
            complete_to=self._complete_to,
        )
        found = snapshot(self.config.mart_path(), self.manifest, self.catalog.customs)
        self._engines[zone] = KpiEngine(found, self.catalog, desk, targets=self.targets)
        return self._engines[zone]

    @property
    def _complete_to(self) -> datetime | None:
        """Up to when all sources are stored that are read again and again; None: there is none."""
        known = self.manifest.complete_to
        live = (name for name, table in self.config.sources.items() if table.use != "files")
        return min(
            (datetime.fromisoformat(known[name]) for name in live if name in known), default=None
        )

    def renew(self) -> None:
        """Ask further questions of the newest snapshot and the present as it is then."""
        while self._engines:
            self._engines.popitem()[1].close()
        self.__dict__.pop("manifest", None)


def clock_at(as_of: str | None, zone: str) -> Clock:
    """The clock for `--as-of T`: ISO 8601; without an offset it is local time of `zone`."""
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

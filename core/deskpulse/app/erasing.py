"""Erase a person: from store, mart, tapes and rejected rows, and for every sync to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deskpulse.app.alerting import LEASE
from deskpulse.clock import to_micros
from deskpulse.errors import ConfigError
from deskpulse.privacy import Erased, Keyed
from deskpulse.store.erasing import Counts, Erasing, known_sources
from deskpulse.store.forgetting import add_marks, erased_of
from deskpulse.store.persons import Person, find
from deskpulse.store.purge import overwrite_deleted, purge
from deskpulse.store.traces import Traces

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deskpulse.app.workspace import Workspace

HOLD_S = 3600
"""How long the sources are kept from syncing at most, should this process be killed elsewhere."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did, or would do: rows by kind of record or table, entries of files."""

    people: Sequence[Person]
    rows: Counts
    files: Counts = field(default_factory=dict)
    done: bool = False
    """False: it was only looked at."""
    before: bool = False
    """They were erased before: what was left of that is finished now."""


@dataclass(frozen=True)
class Eraser:
    """Erases whoever `target` names: `SOURCE/ID`, or an e-mail address in every source."""

    workspace: Workspace
    target: str

    def look(self) -> Erasure:
        """What would go; nothing is changed."""
        with self.workspace.store.trying() as connection:
            return self._within(connection, lambda _: {})

    def erase(self) -> Erasure:
        """Erase; raises `LeaseHeld` while a sync, a derive or an evaluation is under way.

        May be repeated at any time, also after it was interrupted.
        """
        with alone(self.workspace):
            with self.workspace.store.writing() as connection:
                overwrite_deleted(connection)
                found = self._within(connection, self._files)
            if found.people or found.before:
                rewrite(self.workspace, [*found.rows, "erasure"])
        return replace(found, done=bool(found.people or found.before))

    @property
    def _keyed(self) -> Keyed:
        keyed = self.workspace.privacy.rules.keyed
        if keyed is None:
            raise ConfigError(
                "erasing needs a key: the tombstone that keeps the person out is a hash under it",
                hint='Write key = { env = "DESKPULSE_PRIVACY_KEY" } under [privacy], and keep it.',
            )
        return keyed

    def _within(self, connection: Connection, files: Callable[[Traces], Counts]) -> Erasure:
        """The work within one transaction; files come first, for their names are known only now."""
        keyed, privacy = self._keyed, self.workspace.privacy
        known = erased_of(connection, keyed, privacy.kept)
        people = find(connection, self.target, privacy.rules, keyed)
        before = bool(self._marks_of_target(known) & known.marks)
        if not people:
            return Erasure((), {}, before=before)
        marks = {mark for person in people for mark in person.marks(known)}
        erased = Erased(keyed, known.marks | marks, privacy.kept)
        work = Erasing(connection, erased, people)
        rows = work.run()
        add_marks(connection, marks, keyed, to_micros(self.workspace.clock.now()))
        return Erasure(people, rows, files(work.traces), before=before)

    def _marks_of_target(self, known: Erased) -> set[str]:
        """By what a person who is gone already would be known."""
        source, slash, ident = self.target.partition("/")
        mark = self._keyed.address(ident if slash else self.target)
        return ({known.id_mark("person", source, ident)} if slash else set()) | {mark or ""}

    def _files(self, traces: Traces) -> Counts:
        """Rows that connectors kept aside, and recorded tapes."""
        found: Counts = {}
        config = self.workspace.config
        for name, plugged in config.source_settings.items():
            connector = self.workspace.registry.connectors.get(plugged.use)
            if connector is None or not _keeps_files(connector):
                continue
            settings = config.plugin_settings("sources", plugged, connector.Config)
            if dropped := connector.forget(settings, name, traces.named):
                found[f"rejected rows of {name}"] = dropped
        if cleaned := sum(_clean(path, traces) for path in config.tapes_path().rglob("*.json")):
            found["tapes"] = cleaned
        return found


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """No sync and no evaluation of alerts writes meanwhile what it read before.

    Raises `LeaseHeld` while one is under way.
    """
    store = workspace.store
    with store.reading() as connection:
        sources = {*workspace.config.sources, *known_sources(connection)}
    names = [*(f"source:{name}" for name in sorted(sources)), LEASE]
    with ExitStack() as held:
        for name in names:
            held.enter_context(store.leases.hold(name, ttl_s=HOLD_S))
        yield


def rewrite(workspace: Workspace, tables: Sequence[str]) -> None:
    """Leave nothing of what was deleted in the files of mart and store."""
    if workspace.config.mart_path().exists():
        workspace.refresh.run(everything=True, purge=True)
        workspace.renew()
    purge(workspace.store.engine, tables)


def _keeps_files(connector: type) -> bool:
    from deskpulse.connector import Connector

    return connector.forget.__func__ is not Connector.forget.__func__  # type: ignore[attr-defined]


def _clean(path: Path, traces: Traces) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    clean = traces.cleaned(text)
    if clean != text:
        path.write_text(clean, encoding="utf-8")
    return clean != text

"""Which tickets a rule watches, and names that nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.rules.desk import Desk, Key


def takes(wanted: Collection[str], name: str | None) -> bool:
    """Whether a name was asked for; without a list everything is."""
    return not wanted or name in wanted


def takes_team(wanted: Collection[str], source: str, team: str | None, desk: Desk) -> bool:
    """Whether a team was asked for, by `SOURCE/ID`, by its id or by its name."""
    if not wanted:
        return True
    return team is not None and not _names_of((source, team), desk).isdisjoint(wanted)


def strange(key: str, named: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """A sentence for each name that nobody knows, with the nearest ones."""
    for name in named:
        if name not in known:
            yield f"{key} names {name!r}{nearest(name, known)}: {allowed(known)}"


def strange_teams(named: Iterable[str], desk: Desk) -> Iterator[str]:
    """A sentence for each team that nobody knows; before the first sync none is known."""
    if not desk.teams:
        return
    known = {name for key in desk.teams for name in _names_of(key, desk)}
    shown = {f"{source}/{team}" for source, team in desk.teams}
    for name in named:
        if name not in known:
            yield f"teams names {name!r}{nearest(name, known)}: {allowed(shown)}, or their names"


def _names_of(key: Key, desk: Desk) -> set[str]:
    source, team = key
    record = desk.teams.get(key)
    return {f"{source}/{team}", team} | ({record.name} if record and record.name else set())

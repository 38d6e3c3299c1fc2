"""Histories to derive: lifelike ones, and hundreds of small odd worlds at once."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any

import polars as pl

from benchmarks.histories import synthetic
from deskpulse_reports.facts import History, Settings
from support import worlds
from support.ticket_basis import Row, World

TICKETS, WORLDS = 5_000, 300


def lifelike() -> tuple[History, Settings]:
    """Two years of a desk."""
    return synthetic(TICKETS, seed=5), Settings(worlds.CALENDARS, default_calendar="office")


def odd() -> tuple[History, Settings]:
    """Every world under sources of its own, by its own rules."""
    dice = random.Random(5)
    together, rules = World([]), Settings(worlds.CALENDARS, default_calendar="isle")
    of_sources, of_teams, of_schedules = {}, {}, {}
    for number in range(WORLDS):
        made, settings = worlds.world(dice), worlds.settings(dice)
        for table in fields(World):
            rows = getattr(made, table.name)
            getattr(together, table.name).extend(_moved(row, number) for row in rows)
        of_sources |= {f"{name}{number}": each for name, each in settings.sources.items()}
        of_teams |= _keyed(settings.team_calendars, number)
        of_schedules |= _keyed(settings.schedules, number)
    settings = Settings(rules.calendars, rules.default_calendar, of_sources, of_teams, of_schedules)
    return worlds.history(together), settings


def _moved(row: Row, number: int) -> Row:
    return row | {"source": f"{row['source']}{number}"}


def _keyed(given: Any, number: int) -> dict[tuple[str, str], str]:
    return {(f"{source}{number}", key): name for (source, key), name in given.items()}


def tables(history: History) -> dict[str, pl.DataFrame]:
    """The frames of a history by name."""
    return {table.name: getattr(history, table.name) for table in fields(History)}

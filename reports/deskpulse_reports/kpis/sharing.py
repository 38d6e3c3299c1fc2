"""Which questions share a scan: where they differ in one dimension only, it groups by each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from deskpulse_reports.kpis import scan
from deskpulse_reports.kpis.columns import TAG, TIME_DIMENSIONS, Customs
from deskpulse_reports.kpis.question import By, Question
from deskpulse_reports.kpis.spec import Measure, Stock

Part = Measure | Stock
Row = tuple[Any, ...]
_OF_THE_ROWS = {TAG, *TIME_DIMENSIONS}
"""Dimensions that decide which rows are read, and how: they share with nobody."""


def scans(
    asked: Iterable[tuple[Part, Question]], customs: Customs
) -> list[tuple[Question, list[Part]]]:
    """Each scan with what it answers: several measures, or one stock, by one or more dimensions."""
    alike: dict[tuple[str, Question], tuple[Part, list[By]]] = {}
    for part, question in asked:
        bare = replace(question, by=()) if _shares(question.by) else question
        _, ways = alike.setdefault((part.id, bare), (part, []))
        if question.by not in ways:
            ways.append(question.by)
    found: dict[object, tuple[Question, list[Part]]] = {}
    for (name, bare), (part, ways) in alike.items():
        question = united(bare, ways)
        one = scan.together(part, question, customs) if isinstance(part, Measure) else name
        _, parts = found.setdefault((one, question), (question, []))
        parts.append(part)
    return list(found.values())


def united(question: Question, ways: Sequence[By]) -> Question:
    """One question that is asked by each of these."""
    if len(ways) == 1:
        return replace(question, by=ways[0], sets=())
    return replace(question, by=tuple(name for by in ways for name in by), sets=tuple(ways))


def alone(question: Question) -> list[Question]:
    """The questions that were united."""
    return [united(question, [by]) for by in question.sets or [question.by]]


def apart(found: Sequence[Row], question: Question) -> list[list[Row]]:
    """The rows of each question that was united, as if it had been asked `alone`.

    A row of a united question ends with a mark for each dimension: 0 if it is grouped by it.
    """
    if not question.sets:
        return [list(found)]
    count = len(question.by)
    rows: dict[By, list[Row]] = {by: [] for by in question.sets}
    for row in found:
        marks = row[-count:]
        by = tuple(name for name, mark in zip(question.by, marks, strict=True) if not mark)
        held = tuple(value for value, mark in zip(row[1:], marks, strict=False) if not mark)
        rows[by].append((row[0], *held, *row[1 + count : -count]))
    return list(rows.values())


def _shares(by: By) -> bool:
    return len(by) < 2 and _OF_THE_ROWS.isdisjoint(by)

"""The contract of a KPI, as tests. What each one means: docs/write-a-kpi.md."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.columns import CustomType
from deskpulse_reports.kpis.result import KpiRow
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Stock, Table
from deskpulse_reports.kpis.words import explain
from deskpulse_reports.testing.fact_rows import Row, Rows, engine

_SHORTEST_SENTENCE = 20


class KpiContract:
    """Subclass it in a test module and set three attributes; pytest does the rest.

    `spec`: the Measure, Ratio, Stock or Analysis. `rows`: a table by hand, per fact table its rows
    (`deskpulse_reports.testing.row`). `value`: what the KPI says about them: a number, worked out
    by hand, or for an analysis the list of its rows.

    `unrelated`: one more row per table that must change nothing (a ticket that was answered by
    nobody, a survey without a rating); or a sentence why every row counts. `by`: the dimension over
    which the parts are held against the whole. `parts`: other specs that a Ratio names. `empty`:
    what it says about no rows at all: None, or 0 for a sum or a count. `now` and `customs` as in
    the configuration.
    """

    spec: ClassVar[AnySpec]
    rows: ClassVar[Rows]
    value: ClassVar[Any]
    unrelated: ClassVar[Mapping[str, Row] | str] = ""
    by: ClassVar[str] = "source"
    parts: ClassVar[Sequence[AnySpec]] = ()
    empty: ClassVar[float | None] = None
    now: ClassVar[datetime] = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    customs: ClassVar[Mapping[str, CustomType]] = {}

    def test_explains_itself(self) -> None:
        """Title, definition and formula are there: a figure that nobody can explain helps nobody.

        The definition is a sentence and not the title again; it is what reports print below.
        """
        spec, catalog = self.spec, self._catalog()
        try:
            catalog.check(spec)
        except ConfigError as problem:
            self._fail(str(problem))
        if len(spec.definition) < _SHORTEST_SENTENCE or not spec.definition.strip().endswith("."):
            self._fail("definition must be a sentence that says what is counted, with a full stop")
        if spec.definition.strip(" .").lower() == spec.title.lower():
            self._fail("definition says the title again; say what is counted and what is not")
        told = explain(spec, catalog, zone="UTC")
        for label in ("title", "formula", "unit"):
            if not told.get(label):
                self._fail(f"`deskpulse kpi {spec.id} --explain` has nothing under {label!r}")

    def test_gives_the_expected_value(self, tmp_path: Path) -> None:
        """The value worked out by hand."""
        if self.value is None or self.value == []:
            self._fail("value must be something; give rows of which the KPI says something")
        found = self._answer(tmp_path, self.rows)
        if not _same(found, self.value):
            self._fail(f"{self.spec.id} is {found!r} on these rows; expected {self.value!r}")

    def test_no_rows_give_no_value(self, tmp_path: Path) -> None:
        """Nothing to measure is no data, and never 0; a sum or a count of nothing is 0."""
        found = self._answer(tmp_path, {table: [] for table in self.rows})
        expected: Any = [] if isinstance(self.spec, Analysis) else self.empty
        if not _same(found, expected):
            self._fail(
                f"{self.spec.id} of no rows is {found!r}; expected {expected!r}. Null means no "
                "data; set `empty` to 0 if the KPI counts"
            )

    def test_the_order_of_rows_plays_no_part(self, tmp_path: Path) -> None:
        """Records arrive in any order."""
        for table, given in self.rows.items():
            for shuffled in ([*given][::-1], [*given[1:], *given[:1]]):
                found = self._answer(tmp_path, {**self.rows, table: shuffled})
                if not _same(found, self.value):
                    self._fail(f"with {table} in another order it is {found!r}")

    def test_an_unrelated_row_changes_nothing(self, tmp_path: Path) -> None:
        """What does not belong to the population is left out, and so is what was removed."""
        if isinstance(self.unrelated, str):
            if len(self.unrelated) < _SHORTEST_SENTENCE:
                self._fail(
                    "set unrelated to a row per table that must change nothing, or to a sentence "
                    "that says why every row counts"
                )
        else:
            more = {t: [*self.rows.get(t, ()), added] for t, added in self.unrelated.items()}
            found = self._answer(tmp_path, {**self.rows, **more})
            if not _same(found, self.value):
                self._fail(f"with an unrelated row it is {found!r} instead of {self.value!r}")
        if self._leaves_out_removed():
            removed = {
                table: [*given, *({**each, "counted": False} for each in given if _counts(table))]
                for table, given in self.rows.items()
            }
            found = self._answer(tmp_path, removed)
            if not _same(found, self.value):
                self._fail(f"with tickets that were removed it is {found!r}; leave them out")

    def test_parts_add_up_to_the_whole(self, tmp_path: Path) -> None:
        """Split by a dimension, the n of the parts is the n of the whole, and sums are sums."""
        if isinstance(self.spec, Analysis):
            pytest.skip("does not apply: an analysis is a table")
        doubled = {
            table: [*given, *({**each, "source": "other desk"} for each in given)]
            for table, given in self.rows.items()
        }
        whole = self._figures(tmp_path, doubled)[0]
        split = self._figures(tmp_path, doubled, [self.by])
        if len(split) < 2:
            self._fail(f"split by {self.by} there is one part; choose another dimension for `by`")
        counted = sum(each.n or 0 for each in split)
        if whole.n is not None and counted != whole.n:
            self._fail(f"split by {self.by} n is {counted}, on the whole {whole.n}")
        if _adds_up(self.spec):
            total = math.fsum(each.value or 0 for each in split)
            if not _same(total, whole.value):
                self._fail(f"split by {self.by} it sums up to {total}, on the whole {whole.value}")
        elif not any(_between(split, whole.value)):
            self._fail(f"on the whole it is {whole.value}, which lies outside of all parts")

    # --- what they share ---------------------------------------------------------------------

    def _catalog(self) -> Catalog:
        specs = {spec.id: spec for spec in [*BUILTIN, *self.parts, self.spec]}
        return Catalog(specs.values(), self.customs)

    def _figures(self, folder: Path, rows: Rows, by: Sequence[str] = ()) -> list[KpiRow]:
        specs = [*self.parts, self.spec]
        with engine(folder, rows, specs, now=self.now, customs=self.customs) as asked:
            return list(asked.compute(self.spec.id, by, compare=False).rows)

    def _answer(self, folder: Path, rows: Rows) -> Any:
        if not isinstance(self.spec, Analysis):
            figures = self._figures(folder, rows)
            return figures[0].value if figures else None
        specs = [*self.parts, self.spec]
        with engine(folder, rows, specs, now=self.now, customs=self.customs) as asked:
            table: Table = asked.analyse(self.spec.id)
            return [tuple(line) for line in table.rows]

    def _leaves_out_removed(self) -> bool:
        return isinstance(self.spec, Measure) and not self.spec.include_removed

    def _fail(self, text: str) -> NoReturn:
        """Fail with this text alone: the traceback of the contract helps nobody."""
        pytest.fail(text, pytrace=False)


def _counts(table: str) -> bool:
    """Whether rows of this table say that their ticket was removed."""
    return "counted" in TABLES[table]


def _adds_up(spec: AnySpec) -> bool:
    if isinstance(spec, Measure):
        return spec.value.lower().startswith(("count(*)", "sum("))
    return isinstance(spec, Stock)


def _between(parts: list[KpiRow], whole: float | None) -> list[bool]:
    """Whether a mean, a median or a rate lies within its parts."""
    values = [each.value for each in parts if each.value is not None]
    if whole is None or not values:
        return [whole is None]
    slack = 1e-9 * max(1.0, abs(whole))
    return [min(values) - slack <= whole <= max(values) + slack]


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(_same, found, expected))
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == expected)

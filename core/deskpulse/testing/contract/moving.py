"""A vendor whose rows move while they are read, and a cursor that is ahead of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import httpx

from deskpulse.connector import Page
from deskpulse.errors import DeskpulseError
from deskpulse.records import Record
from deskpulse.testing.bench import Pulled, pull, text_of
from deskpulse.testing.contract.base import Base, some
from deskpulse.testing.tape import Exchange, Player, Tape, TapeMiss, key_of

FAR = 2099
_DAY = re.compile(r"\b(20\d\d)(?=-\d\d-\d\d)")
_EPOCH = re.compile(r"(?<!\d)1[4-9]\d{8}(?=(\d{3})?(?!\d))")
_FAR_EPOCH = "4070908800"
_COUNTS = ("count", "objectCount")
_MOST_POLLS = 50


class Moving(Base):
    """Tests of rows that move."""

    def test_rows_may_come_twice(self) -> None:
        """A row that is updated between two pages comes on both: all others arrive as well."""
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            pages = list(_pages_of(full, asked))
            for (_, early, key), (_, late, late_key) in pairwise(pages):
                row = _rows(early, key)[0]
                moved = _with_rows(late, late_key, [row, *_rows(late, late_key)])
                self._demand_rest(name, full, self.recorded().replacing(moved), frozenset(), late)

    def test_rows_may_vanish(self) -> None:
        """A row that is deleted between two pages leaves a page short: all others arrive."""
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            for page, exchange, key in _pages_of(full, asked):
                rows = _rows(exchange, key)
                at = page.records.index(rows[0])
                short = _with_rows(exchange, key, rows[1:])
                gone = self._records_of(name, page.records[at])
                self._demand_rest(name, full, self.recorded().replacing(short), gone, exchange)

    def test_no_row_is_quietly_passed_over(self) -> None:
        """Rows that lack one of their keys are read or rejected, or the pull fails loudly."""
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            page, exchange, key = next(_pages_of(full, asked), (None, None, ""))
            if page is None or exchange is None or not isinstance(page.records[0], dict):
                continue
            of_page = _named(
                next(r for p, r in zip(full.pages, full.records, strict=True) if p is page)
            )
            for left_out in {each: None for row in page.records for each in row}:
                rows = [{k: v for k, v in row.items() if k != left_out} for row in page.records]
                changed = _with_rows(exchange, key, rows)
                try:
                    pulled, _ = self.pull(name, None, self.recorded().replacing(changed))
                except Exception:  # noqa: BLE001, S112  any error is loud
                    continue
                brought = _named([record for records in pulled.records for record in records])
                if of_page and not pulled.rejected and not of_page & brought:
                    self.fail(f"{name}: rows without {left_out!r} are passed over: {exchange}")

    def test_every_row_is_handed_on(self) -> None:
        """What was asked for is given out: no page is read and then dropped.

        Only where pages hold the vendor's rows as they came: there a list of the same kind whose
        rows are on no page was lost.
        """
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            given = {_name_of(row) for page in full.pages for row in page.records}
            kinds = {(each.path, key) for _, each, key in _pages_of(full, asked)}
            for exchange in asked:
                for path, key in kinds:
                    rows = _rows_at(exchange, key) if exchange.path == path else []
                    if lost := [row for row in rows if _name_of(row) not in given]:
                        self.fail(
                            f"{name}: {len(lost)} of {len(rows)} rows are on no page: {exchange}"
                        )

    def test_heeds_the_vendors_count(self) -> None:
        """Where the vendor says how many rows it sent, one fewer is noticed."""
        self.needs_http()
        for name in self.stream_names():
            full, asked = self.pull(name)
            pages = list(_pages_of(full, asked))
            for count in _COUNTS:
                said = [(e, k) for _, e, k in pages if _count(e, count) is not None]
                if not said or any(_count(e, count) != len(_rows(e, k)) for e, k in said):
                    continue  # it counts something else
                exchange, key = said[0]
                lost = exchange.answering({**exchange.json, key: _rows(exchange, key)[1:]})
                try:
                    pulled, _ = self.pull(name, None, self.recorded().replacing(lost))
                except Exception:  # noqa: BLE001, S112  any error is loud
                    continue
                if not pulled.rejected:
                    self.fail(
                        f"{name}: {exchange} says {count} = {len(_rows(exchange, key))} and holds "
                        "one row less, which goes unnoticed; give Page(vendor_count=...)"
                    )

    def test_a_future_cursor_brings_nothing(self) -> None:
        """A cursor ahead of the vendor (a clock that was wrong, a restored account) ends quietly.

        Only for cursors that name a time; nobody can tell where an opaque one points.
        """
        self.needs_http()
        for name in self.stream_names():
            full, _ = self.pull(name)
            if full.cursor is None or (future := in_future(full.cursor)) == full.cursor:
                continue
            _, asked = self.pull(name, full.cursor)
            silent = Silent(self.recorded().player(), asked)
            with self.opened(silent) as connector:
                stream = next(each for each in connector.streams() if each.name == name)
                try:
                    ahead = pull(stream, future)
                except (DeskpulseError, TapeMiss) as problem:
                    self.fail(f"{name}: the cursor {future!r} gives {problem}")
                except Exception as problem:  # noqa: BLE001  which one it is, is told
                    self.fail(f"{name}: the cursor {future!r} gives {type(problem).__name__}")
            if len(ahead.texts()) > self.allowed_overlap(name):
                self.fail(f"{name}: the cursor {future!r} brings {some(ahead.texts())}")
            if ahead.pages and ahead.cursor is None:
                self.fail(f"{name}: the cursor {future!r} is forgotten")

    # --- what these demand ------------------------------------------------------------------

    def _records_of(self, name: str, raw: Any) -> frozenset[str]:
        with self.opened(self.recorded().player()) as connector:
            stream = next(each for each in connector.streams() if each.name == name)
            given = stream.parse(raw) or []
            return frozenset(text_of(r) for r in ([given] if isinstance(given, Record) else given))

    def _demand_rest(
        self, name: str, full: Pulled, tape: Tape, gone: frozenset[str], where: Exchange
    ) -> None:
        """All but `gone` arrive, if not at once then with the next polls."""
        brought: frozenset[str] = frozenset()
        cursor: str | None = None
        known: set[str | None] = set()
        try:
            while cursor not in known and len(known) < _MOST_POLLS:
                known.add(cursor)
                pulled, _ = self.pull(name, cursor, tape)
                brought |= pulled.texts()
                cursor = pulled.cursor
        except TapeMiss as problem:
            if "does it ever end" in str(problem):
                self.fail(f"{name}: never ends when a row moves: {where}")
            return  # it goes on from a row that is elsewhere now; the tape cannot say what comes
        except Exception as problem:  # noqa: BLE001  which one it is, is told
            self.fail(f"{name}: a row that moved gives {type(problem).__name__}: {problem}")
        if lost := full.texts() - brought - gone:
            self.fail(f"{name}: a row moves in the answer to {where}, and lost are {some(lost)}")


class Silent(httpx.BaseTransport):
    """Plays a tape; nothing is ever new: answers are those to the last poll, without rows."""

    def __init__(self, player: Player, poll: list[Exchange]) -> None:
        self._player = player
        self._poll = poll
        self._strange = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to the poll at the same path. Raises `TapeMiss`."""
        method, path, params, _ = key_of(request)
        alike = [each for each in self._poll if (each.method, each.path) == (method, path)]
        # the one that was asked with most of the same words
        answer = max(alike, key=lambda each: len({*each.params} & {*params}), default=None)
        self._strange += 1
        if answer is None or self._strange > _MOST_POLLS:
            raise TapeMiss(f"{self._strange} requests, the last of {method} {path}")
        answer = _without_rows(answer)
        asked = Tape([replace(answer, params=key_of(request)[2], sent=key_of(request)[3])])
        return asked.player().handle_request(request)


def _without_rows(exchange: Exchange) -> Exchange:
    """The same answer when there is nothing to tell."""
    value = exchange.json
    ends = {name: text for name, text in exchange.headers.items() if name.lower() != "link"}
    exchange = replace(exchange, headers=ends)
    if isinstance(value, list):
        return exchange.answering([])
    return exchange.answering(
        {key: [] if isinstance(each, list) else each for key, each in value.items()}
    )


def in_future(cursor: str) -> str:
    """The cursor with every time in it moved to the year 2099."""
    return _EPOCH.sub(_FAR_EPOCH, _DAY.sub(str(FAR), cursor))


def _pages_of(full: Pulled, asked: list[Exchange]) -> Iterator[tuple[Page, Exchange, str]]:
    """Pages whose records are rows of one answer, two or more: page, answer, key of the rows.

    The key is "" where the answer itself is the list.
    """
    for page in full.pages:
        for exchange in asked:
            key = _key_of_rows(exchange, page)
            if key is not None:
                yield page, exchange, key
                break


def _named(records: list[Record]) -> set[tuple[str, str]]:
    return {(record.kind_name, str(record.id)) for record in records}


def _key_of_rows(exchange: Exchange, page: Page) -> str | None:
    try:
        value = exchange.json
    except ValueError:
        return None
    lists = value.items() if isinstance(value, dict) else [("", value)]
    for key, rows in lists:
        if isinstance(rows, list) and len(rows) > 1 and list(page.records) == rows:
            return str(key)
    return None


def _rows(exchange: Exchange, key: str) -> list[Any]:
    value = exchange.json
    rows: list[Any] = value[key] if key else value
    return rows


def _rows_at(exchange: Exchange, key: str) -> list[Any]:
    """The rows of an answer that may be another than a list of rows."""
    try:
        value = exchange.json
    except ValueError:
        return []
    found = value.get(key) if key and isinstance(value, dict) else value
    return found if isinstance(found, list) else []


def _name_of(row: Any) -> str:
    """What tells a row from others, also if the connector added something to it."""
    if isinstance(row, dict) and row.get("id") is not None:
        return str(row["id"])
    return json.dumps(row, sort_keys=True, default=str)


def _with_rows(exchange: Exchange, key: str, rows: list[Any]) -> Exchange:
    """The same answer with other rows, and with its count set right."""
    if not key:
        return exchange.answering(rows)
    old = exchange.json
    rest = {name: value for name, value in old.items() if name != key}
    recounted = _recounted(rest, len(old[key]), len(rows))
    return exchange.answering({**recounted, key: rows})


def _recounted(value: Any, old: int, new: int, name: str = "") -> Any:
    """The same with `new` where it counts `old` rows, beside them or in an object beside them."""
    if isinstance(value, dict):
        return {key: _recounted(each, old, new, key) for key, each in value.items()}
    return new if "count" in name.lower() and value == old else value


def _count(exchange: Exchange, name: str) -> Any:
    value = exchange.json
    return value.get(name) if isinstance(value, dict) else None

"""Frames whose lines belong to tickets, in the order of `row`, the ticket's number."""

from __future__ import annotations

import numpy as np
import polars as pl

_TICKET = ["source", "ticket_id"]


def first_in_ticket() -> pl.Expr:
    """True on the first line of each ticket."""
    return (pl.col("row") != pl.col("row").shift(1)).fill_null(value=True)


def last_in_ticket() -> pl.Expr:
    """True on the last line of each ticket."""
    return (pl.col("row") != pl.col("row").shift(-1)).fill_null(value=True)


def number_in_ticket() -> pl.Expr:
    """1, 2, ... within each ticket."""
    line = pl.int_range(pl.len())
    return line - pl.when(first_in_ticket()).then(line).forward_fill() + 1


def numbered(lines: pl.DataFrame, tickets: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The lines of these tickets, in the same order, with `row` and these columns of their ticket.

    Lines of one ticket mostly stand together: only the first of each run is looked up.
    """
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in _TICKET)
    first = lines.select(begins.fill_null(value=True)).to_series()
    looked_up = (
        lines.filter(first)
        .select(_TICKET)
        .join(tickets.select("row", *_TICKET), on=_TICKET, how="left", maintain_order="left")
    )
    row = looked_up["row"].gather(first.cum_sum().cast(pl.UInt32) - 1)
    known = row.is_not_null()
    if not known.all():
        lines, row = lines.filter(known), row.filter(known)
    return beside(lines.with_columns(row), tickets, *columns)


def beside(lines: pl.DataFrame, tickets: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The lines with these columns of their ticket; `tickets` has one line a row, in order."""
    return lines.hstack(tickets.select(columns)[lines["row"]])


def of_each(part: pl.DataFrame, tickets: int) -> pl.DataFrame:
    """One line a ticket, 0, 1, ... of so many, without `row`: null where `part` has none.

    `part` has at most one line a ticket. A join by `row`, but quicker, as rows are numbers.
    """
    nowhere = len(part)
    place = np.full(tickets, nowhere, dtype=np.uint32)
    place[part["row"].to_numpy()] = np.arange(nowhere)
    line = pl.Series(place)
    found = pl.select(pl.when(line < nowhere).then(line)).to_series()
    return part.select(pl.exclude("row"))[found]

"""What SQLite's query planner should believe about the store.

Most keys begin with `source`. Without statistics SQLite takes it that a condition on the first
column of a key leaves ten rows, and reads every message of a source to find one by its id. The
statistics of a full store are therefore stated, as sqlite.org/fileformat2.html#stat1tab has them;
PostgreSQL gathers its own.

What is alike in most rows is `WIDE`. Any other column is taken to be worth an index: those that
have few values (a state, a flag) are only ever asked for the rare ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import Connection

ROWS = 1_000_000
ALIKE = 10
"""Rows that share the first columns of an index but not all of a unique one."""
RARE = 1_000
"""Rows of an index that holds only some."""
WIDE = frozenset({"source", "rule", "kind", "job", "kpi"})
"""Columns that say little by themselves, nor together."""


def advise(connection: Connection) -> None:
    """State for every index how many rows share its first columns.

    Connections that are opened afterwards know it.
    """
    connection.exec_driver_sql("ANALYZE lease")  # makes the table of statistics
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    tables = connection.exec_driver_sql(
        "SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_schema "
        "WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for table, clustered in tables.fetchall():
        for index, unique, origin, partial, columns in connection.exec_driver_sql(
            'SELECT name, "unique", origin, partial, (SELECT group_concat(name) FROM '
            "(SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) "
            "FROM pragma_index_list(?) AS l",
            (table,),
        ).fetchall():
            # a table without rowid is its primary key's index
            name = table if clustered and origin == "pk" else index
            rows = RARE if partial else ROWS
            stat = _stat(columns.split(","), rows, unique=bool(unique))
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", (table, name, stat)
            )


def _stat(columns: Sequence[str], rows: int, *, unique: bool) -> str:
    """The `rows` in all, then with equal values in the first one, two, ... of the `columns`."""
    wide = len(list(takewhile(WIDE.__contains__, columns)))
    shared = [rows] * wide + [ALIKE] * (len(columns) - wide)
    if unique:
        shared[-1] = 1
    return " ".join(map(str, (rows, *shared)))

"""What SQLite's query planner should believe about the store.

Every key begins with `source`. Without statistics SQLite takes it that a condition on the first
column of a key leaves ten rows, and reads every message of a source to find one by its id. The
statistics of a full store are therefore stated, as sqlite.org/fileformat2.html#stat1tab has them;
PostgreSQL gathers its own.
"""

from __future__ import annotations

from sqlalchemy import Connection

ROWS = 1_000_000
ALIKE = 10
"""Rows that share the first columns of an index but not all of a unique one."""


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
        for index, unique, origin, width in connection.exec_driver_sql(
            'SELECT l.name, l."unique", l.origin, count(*) FROM pragma_index_list(?) AS l '
            "JOIN pragma_index_info(l.name) GROUP BY l.name",
            (table,),
        ).fetchall():
            # a table without rowid is its primary key's index
            name = table if clustered and origin == "pk" else index
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                (table, name, _stat(width, unique=bool(unique))),
            )


def _stat(width: int, *, unique: bool) -> str:
    """Rows in all, then with equal values in the first one, two, ... of the `width` columns."""
    shared = [ROWS, *[ALIKE] * (width - 1)]
    if unique:
        shared[-1] = 1
    return " ".join(map(str, (ROWS, *shared)))

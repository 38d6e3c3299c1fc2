"""Read the history of many tickets at once, as columns: what derive works on.

Through ADBC into polars: as fast as the disk, a tenth of the memory of rows as Python objects
(docs/decisions/0003-store.md). All frames of one `reading` are of one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

from deskpulse.errors import StoreError
from deskpulse.store.store import Store

if TYPE_CHECKING:
    import polars as pl

TEXT, NUMBER = "text", "number"

TICKET_COLUMNS = {
    "source": TEXT,
    "id": TEXT,
    "status": TEXT,
    "priority": TEXT,
    "kind": TEXT,
    "channel": TEXT,
    "reason": TEXT,
    "tags": TEXT,
    "brand": TEXT,
    "language": TEXT,
    "requester_id": TEXT,
    "account_id": TEXT,
    "assignee_id": TEXT,
    "team_id": TEXT,
    "initiated_by": TEXT,
    "merged_into": TEXT,
    "schedule_id": TEXT,
    "created_at": NUMBER,
    "updated_at": NUMBER,
    "first_reply_at": NUMBER,
    "solved_at": NUMBER,
    "closed_at": NUMBER,
    "custom": TEXT,
    "removed_at": NUMBER,
    "removed_reason": TEXT,
}
MESSAGE_COLUMNS = {
    "source": TEXT,
    "id": TEXT,
    "ticket_id": TEXT,
    "sent_at": NUMBER,
    "author_id": TEXT,
    "author_role": TEXT,
    "public": NUMBER,
    "auto": NUMBER,
}
CHANGE_COLUMNS = {
    "source": TEXT,
    "id": TEXT,
    "ticket_id": TEXT,
    "changed_at": NUMBER,
    "seq": NUMBER,
    "actor_id": TEXT,
    "field": TEXT,
    "old": TEXT,
    "new": TEXT,
    "observed": NUMBER,
}
SURVEY_COLUMNS = {
    "source": TEXT,
    "id": TEXT,
    "ticket_id": TEXT,
    "kind": TEXT,
    "score": NUMBER,
    "scale_min": NUMBER,
    "scale_max": NUMBER,
    "higher_is_better": NUMBER,
    "agent_id": TEXT,
    "team_id": TEXT,
    "customer_id": TEXT,
    "sent_at": NUMBER,
    "answered_at": NUMBER,
}
ROLE_COLUMNS = {"source": TEXT, "id": TEXT, "person_id": TEXT, "role": TEXT, "since": NUMBER}
ACCOUNT_COLUMNS = {"source": TEXT, "id": TEXT, "tier": TEXT}

TRACKED = ("status", "assignee", "team", "schedule", "handoff")
"""Changes of these fields shape the facts; others are only shown in a ticket's timeline."""


@dataclass(frozen=True, slots=True)
class IdRange:
    """Tickets of `source` with `first` <= id < `after` as text; `after` null: to the end."""

    source: str
    first: str
    after: str | None


Frames = dict[str, "pl.DataFrame"]
"""tickets, messages, changes, surveys, roles, accounts."""


class HistoryReader:
    """Reads within one snapshot; make one with `reading(store)`."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection = connection
        self._dialect = dialect

    def people(self) -> Frames:
        """The whole role history and every account's tier: small against the messages."""
        return {
            "roles": self._frame("role", ROLE_COLUMNS, "1 = 1", ()),
            "accounts": self._frame("account", ACCOUNT_COLUMNS, "1 = 1", ()),
        }

    def people_of(self, source: str, frames: Frames) -> Frames:
        """The role history of the authors in `frames` and the tiers of their accounts."""
        authors = frames["messages"]["author_id"].drop_nulls().unique().to_list()
        accounts = frames["tickets"]["account_id"].drop_nulls().unique().to_list()
        of_person, of_account = self._listed("person_id"), self._listed("id")
        return {
            "roles": self._frame("role", ROLE_COLUMNS, of_person, (source, _array(authors))),
            "accounts": self._frame(
                "account", ACCOUNT_COLUMNS, of_account, (source, _array(accounts))
            ),
        }

    def range(self, part: IdRange) -> Frames:
        """The history of a range of tickets."""

        def within(column: str) -> tuple[str, tuple[Any, ...]]:
            if part.after is None:
                return f"source = ? AND {column} >= ?", (part.source, part.first)
            return (
                f"source = ? AND {column} >= ? AND {column} < ?",
                (part.source, part.first, part.after),
            )

        return self._history(within, tracked=True)

    def tickets(self, source: str, ids: Sequence[str], *, tracked: bool = True) -> Frames:
        """The history of these tickets; `tracked=False`: with changes of every field."""

        def within(column: str) -> tuple[str, tuple[Any, ...]]:
            return self._listed(column), (source, _array(ids))

        return self._history(within, tracked=tracked)

    def _listed(self, column: str) -> str:
        each = (
            "SELECT value FROM json_each(?)"
            if self._dialect == "sqlite"
            else "SELECT jsonb_array_elements_text(CAST(CAST(? AS TEXT) AS JSONB))"
        )
        return f"source = ? AND {column} IN ({each})"

    def _history(self, within: Any, *, tracked: bool) -> Frames:
        by_id, by_ticket = within("id"), within("ticket_id")
        fields = ", ".join(f"'{name}'" for name in TRACKED)
        only = f"{by_ticket[0]} AND field IN ({fields})" if tracked else by_ticket[0]
        return {
            "tickets": self._frame("ticket", TICKET_COLUMNS, *by_id),
            "messages": self._frame("message", MESSAGE_COLUMNS, *by_ticket),
            "changes": self._frame("change", CHANGE_COLUMNS, only, by_ticket[1]),
            "surveys": self._frame("survey", SURVEY_COLUMNS, *by_ticket),
        }

    def _frame(
        self, table: str, columns: dict[str, str], where: str, parameters: tuple[Any, ...]
    ) -> pl.DataFrame:
        import polars as pl

        # the driver guesses a column's type from its first rows, and a column that begins with
        # nulls would be guessed wrong: so texts are never null on the way
        picked = ", ".join(
            f'coalesce("{name}", \'\') AS "{name}"'
            if kind == TEXT
            else f'CAST("{name}" AS {"INTEGER" if name in _FLAGS else _number(name)}) AS "{name}"'
            for name, kind in columns.items()
        )
        sql = f'SELECT {picked} FROM "{table}" WHERE {where}'
        frame = self._query(sql, parameters)
        return frame.select(
            pl.col(name).cast(pl.String).replace("", None)
            if kind == TEXT
            else pl.col(name).cast(
                pl.Boolean if name in _FLAGS else pl.Float64 if name in _FLOATS else pl.Int64
            )
            for name, kind in columns.items()
        )

    def _query(self, sql: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
        import polars as pl

        if self._dialect != "sqlite":
            for at in range(1, len(parameters) + 1):
                sql = sql.replace("?", f"${at}", 1)
        with closing(self._connection.cursor()) as cursor:
            if self._dialect == "sqlite":
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": 65536})
            cursor.execute(sql, parameters or None)
            found = cursor.fetch_polars()
            assert isinstance(found, pl.DataFrame)
            return found


_FLAGS = frozenset({"public", "auto", "observed", "higher_is_better"})
_FLOATS = frozenset({"score", "scale_min", "scale_max"})


def _array(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()


def _number(name: str) -> str:
    return "DOUBLE PRECISION" if name in _FLOATS else "BIGINT"


@contextmanager
def reading(store: Store) -> Iterator[HistoryReader]:
    """A reader on one snapshot of the store."""
    url = store.engine.url
    dialect = store.engine.dialect.name
    from adbc_driver_manager import Error

    try:
        if dialect == "sqlite":
            import adbc_driver_sqlite.dbapi

            connection = adbc_driver_sqlite.dbapi.connect(url.database or ":memory:")
        else:
            import adbc_driver_postgresql.dbapi

            target = url.set(drivername="postgresql").render_as_string(hide_password=False)
            connection = adbc_driver_postgresql.dbapi.connect(target)
            with closing(connection.cursor()) as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    except Error as problem:
        raise StoreError(
            f"the store cannot be opened for reading ({type(problem).__name__})",
            hint="Run `deskpulse db check`.",
        ) from None
    with closing(connection):
        yield HistoryReader(connection, dialect)


def ranges(store: Store, size: int) -> list[IdRange]:
    """Ranges of about `size` tickets each that together hold every ticket."""
    sql = (
        "SELECT source, id FROM (SELECT source, id, row_number() OVER "
        "(PARTITION BY source ORDER BY id) AS place FROM ticket) AS numbered "
        f"WHERE place % {int(size)} = 1 OR {int(size)} = 1 ORDER BY source, id"
    )
    with store.reading() as connection:
        starts = [(str(row[0]), str(row[1])) for row in connection.execute(text(sql))]
    found = []
    for at, (source, first) in enumerate(starts):
        following = starts[at + 1] if at + 1 < len(starts) else None
        after = following[1] if following is not None and following[0] == source else None
        start = "" if at == 0 or starts[at - 1][0] != source else first
        found.append(IdRange(source, start, after))
    return found

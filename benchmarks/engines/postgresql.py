"""PostgreSQL with the mart's tables loaded into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from benchmarks.engines.marts import Mart
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.elsewhere import Elsewhere
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.tables import VIEWS
from deskpulse_reports.mart.snapshot import snapshot
from support.postgres import Postgres, postgres

_KINDS = {"String": "text", "Int64": "bigint", "Int32": "integer", "Float64": "double precision"}
_KINDS |= {"Boolean": "boolean", "Date": "date", "List(String)": "text[]"}

started = postgres
"""A server; raises `NoPostgres` with the reason."""


def version(server: Postgres) -> str:
    """The server's, as it says."""
    with psycopg.connect(server.url.render_as_string(hide_password=False)) as connection:
        ((found,),) = connection.execute("SHOW server_version").fetchall()
    return str(found).split()[0]


@contextmanager
def elsewhere(server: Postgres, mart: Mart) -> Iterator[Elsewhere]:
    """A database with the mart's tables, in a zone that no question may depend on."""
    with server.database(empty=True) as url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("SET TIME ZONE 'Pacific/Apia'")
            _load(connection, mart)

            def run(query: str) -> Sequence[Sequence[Any]]:
                return connection.execute(query.encode()).fetchall()

            yield Elsewhere("postgres", run)


def _load(connection: psycopg.Connection[Any], mart: Mart) -> None:
    with closing(Session(snapshot(mart.folder, mart.manifest))) as session:
        for table, columns in TABLES.items():
            named = sql.SQL(", ").join(
                sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_KINDS[str(kind)]))
                for name, kind in columns.items()
            )
            name = sql.Identifier(table)
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, named))
            listed = ", ".join(f'"{column}"' for column in columns)
            rows = session.rows(f'SELECT {listed} FROM "{table}"', table)
            into = sql.SQL("COPY {} FROM STDIN").format(name)
            with connection.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
    for view, relation in VIEWS.items():
        connection.execute(f'CREATE VIEW "{view}" AS {relation}'.encode())

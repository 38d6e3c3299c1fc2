"""The same question in another engine's SQL.

Questions are written so that little is left to translate: instants and buckets are whole numbers,
and every expression comes from a short whitelist. What all others say differently from DuckDB is
here; what each says in its own way is in `rewrites`.
"""

from __future__ import annotations

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.rewrites import REWRITES, Rewrite

DIALECTS = ("duckdb", *REWRITES)
EXECUTED = ("duckdb", "postgres", "spark")
"""Those on which `make engines` runs every spec; the others are written and parsed back only."""


def portable(query: exp.Query, dialect: str) -> str:
    """A question of ours in another dialect; quantiles are exact, never approximate.

    Raises ConfigError for a dialect that is not known, or that cannot say it.
    """
    if dialect == "duckdb":
        return query.sql("duckdb")
    if dialect not in REWRITES:
        raise ConfigError(
            f"no SQL dialect {dialect!r}{nearest(dialect, DIALECTS)}: {allowed(DIALECTS)}"
        )
    tree = query.copy()
    for rewrite in (_plain, REWRITES[dialect]):
        _from_within(tree, rewrite)
    try:
        return tree.sql(dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as problem:
        raise ConfigError(f"{dialect} cannot say it: {problem}") from None


def _from_within(tree: exp.Query, rewrite: Rewrite) -> None:
    """Rewrite every node in place, what is within it first."""
    for node in reversed(list(tree.bfs())):
        new = rewrite(node)
        if new is not node:
            node.replace(new)


def _plain(node: exp.Expr) -> exp.Expr:
    """What all others want: CASE for FILTER, quantiles for medians, doubles for decimals."""
    match node:
        case exp.Filter():
            return _without_filter(node)
        case exp.Median():
            return exp.PercentileCont(this=node.this.copy(), expression=exp.Literal.number("0.5"))
        case exp.Literal() if not node.is_string and "." in node.name:
            above = (exp.Cast, exp.PercentileCont, exp.Array)
            return node if isinstance(node.parent, above) else exp.cast(node.copy(), "double")
        case _:
            return node


def _without_filter(node: exp.Filter) -> exp.Expr:
    """`agg(x) FILTER (WHERE p)` as `agg(CASE WHEN p THEN x END)`."""
    condition, inner = node.expression.this, node.this.this
    call: exp.Expr = node.this.copy()
    if isinstance(inner, exp.Star):
        call.set("this", _when(condition, exp.Literal.number(1)))
    elif isinstance(inner, exp.Distinct):
        values = [_when(condition, value) for value in inner.expressions]
        call.set("this", exp.Distinct(expressions=values))
    else:
        call.set("this", _when(condition, inner))
    return _plain(call)


def _when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])

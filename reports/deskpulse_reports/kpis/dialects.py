"""The same question in another engine's SQL.

Questions are written so that little is left to translate: instants and buckets are whole numbers,
and every expression comes from a short whitelist. What engines still say differently is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import UnsupportedError

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest

Rewrite = Callable[[exp.Expr], exp.Expr]


def portable(query: exp.Query, dialect: str) -> str:
    """A question of ours in another dialect; quantiles are exact, never approximate.

    Raises ConfigError for a dialect that is not known, or that cannot say it.
    """
    if dialect == "duckdb":
        return query.sql("duckdb")
    if dialect not in _REWRITES:
        known = ("duckdb", *_REWRITES)
        raise ConfigError(f"no SQL dialect {dialect!r}{nearest(dialect, known)}: {allowed(known)}")
    tree = query.transform(_plain).transform(_REWRITES[dialect])
    try:
        return tree.sql(dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as problem:
        raise ConfigError(f"{dialect} cannot say it: {problem}") from None


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


def _spark(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():  # Spark's own percentile_cont is approximate in old releases
            return exp.Anonymous(
                this="PERCENTILE", expressions=[node.this.copy(), node.expression.copy()]
            )
        case exp.Explode():
            return parse_one(
                "EXPLODE(CASE WHEN SIZE(tags) > 0 THEN ARRAY_DISTINCT(tags) "
                "ELSE ARRAY(CAST(NULL AS STRING)) END)",
                dialect="spark",
            )
        case _:
            return node


def _postgres(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            order = exp.Order(expressions=[exp.Ordered(this=node.this.copy())])
            levels = exp.PercentileCont(this=node.expression.copy())
            return exp.WithinGroup(this=levels, expression=order)
        case exp.Explode():
            return parse_one(
                "UNNEST(CASE WHEN CARDINALITY(tags) > 0 "
                "THEN ARRAY(SELECT DISTINCT UNNEST(tags)) ELSE ARRAY[CAST(NULL AS TEXT)] END)",
                dialect="postgres",
            )
        case _:
            return node


_REWRITES: Mapping[str, Rewrite] = {"postgres": _postgres, "spark": _spark}

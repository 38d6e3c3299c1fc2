"""The same question in another engine's SQL.

Questions are written so that little is left to translate: instants and buckets are whole numbers,
and every expression comes from a short whitelist. What engines still say differently is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest

Rewrite = Callable[[exp.Expr], exp.Expr]


def portable(query: exp.Query, dialect: str) -> str:
    """A question of ours in another dialect; quantiles are exact, never approximate.

    Raises ConfigError for a dialect that is not known.
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
    """What all others want: `agg(CASE WHEN p THEN x END)` for FILTER, doubles for decimals."""
    if isinstance(node, exp.Filter):
        return _without_filter(node)
    if isinstance(node, exp.Median):
        return exp.PercentileCont(this=node.this.copy(), expression=exp.Literal.number("0.5"))
    return node


def _without_filter(node: exp.Filter) -> exp.Expr:
    condition, call = node.expression.this, node.this.copy()
    inner = call.this
    if isinstance(inner, exp.Star):
        call.set("this", _when(condition, exp.Literal.number(1)))
    elif isinstance(inner, exp.Distinct):
        values = [_when(condition, value) for value in inner.expressions]
        call.set("this", exp.Distinct(expressions=values))
    else:
        call.set("this", _when(condition, inner))
    return call


def _when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])


def _spark(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            return exp.func("percentile", node.this.copy(), _levels(node, "array"))
        case exp.IntDiv():
            return exp.IntDiv(this=node.this.copy(), expression=node.expression.copy())
        case _:
            return _double(node)


def _postgres(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            order = exp.Order(expressions=[exp.Ordered(this=node.this.copy())])
            levels = exp.PercentileCont(this=_levels(node, "array"))
            return exp.WithinGroup(this=levels, expression=order)
        case exp.IntDiv():  # both sides are whole numbers
            return exp.Div(this=node.this.copy(), expression=node.expression.copy(), typed=True)
        case _:
            return _double(node)


def _levels(node: exp.PercentileCont, _: str) -> exp.Expr:
    return node.expression.copy()


def _double(node: exp.Expr) -> exp.Expr:
    """A number with a decimal point is a decimal elsewhere, whose division rounds."""
    decimal = isinstance(node, exp.Literal) and not node.is_string and "." in node.name
    if decimal and not isinstance(node.parent, exp.Cast | exp.PercentileCont | exp.Array):
        return exp.cast(node.copy(), "double")
    return node


_REWRITES: Mapping[str, Rewrite] = {"postgres": _postgres, "spark": _spark}

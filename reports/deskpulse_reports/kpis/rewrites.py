"""What each SQL engine says in its own way, node by node; sqlglot knows the rest.

Quantiles are interpolated between neighbours and exact on every engine. Whole division is divided
in whole numbers: a double does not hold microseconds since the year 1. Where numbers are divided
by nothing the answer is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp, parse_one

from deskpulse.errors import ConfigError

Rewrite = Callable[[exp.Expr], exp.Expr]


def _spark(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():  # Spark's own percentile_cont is approximate in old releases
            return _call("PERCENTILE", node.this, node.expression)
        case exp.Explode():
            return parse_one(
                "EXPLODE(CASE WHEN SIZE(tags) > 0 THEN ARRAY_DISTINCT(tags) "
                "ELSE ARRAY(CAST(NULL AS STRING)) END)",
                dialect="spark",
            )
        case exp.Div() | exp.IntDiv() | exp.Mod():  # by zero is an error in its ANSI mode
            return _guarded(node)
        case exp.Cast() if _is_whole(node):
            rounded = _call("RINT", node.this)  # it cuts off where others round
            return exp.cast(rounded, node.to.copy())
        case _:
            return node


def _postgres(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            return _within_group(node.expression, node.this)
        case exp.Explode():
            return parse_one(
                "UNNEST(CASE WHEN CARDINALITY(tags) > 0 "
                "THEN ARRAY(SELECT DISTINCT UNNEST(tags)) ELSE ARRAY[CAST(NULL AS TEXT)] END)",
                dialect="postgres",
            )
        case exp.Round():  # doubles go to the even side
            exact = node.copy()
            exact.set("this", exp.cast(node.this.copy(), "decimal"))
            return exp.cast(exact, "double")
        case _:
            return node


def _snowflake(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            return _each_level(node, _within_group)
        case exp.IntDiv():  # it would divide with six decimals, rounded: midnight comes too early
            below = _denominator(node)
            rest = exp.paren(exp.Mod(this=_operand(node.this), expression=below))
            divided = exp.Div(this=exp.paren(_operand(node.this) - rest), expression=below.copy())
            return exp.cast(divided, "bigint")
        case exp.Explode():
            raise _no_tags("snowflake")
        case _:
            return node


def _trino(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            return _each_level(node, _neighbours_in_trino)
        case exp.IntDiv():  # whole numbers divide whole
            return exp.paren(
                exp.Div(
                    this=_operand(node.this),
                    expression=_denominator(node),
                    typed=True,
                    safe=False,
                )
            )
        case exp.Add() if isinstance(node.this, exp.Cast) and node.this.is_type("date"):
            day = exp.Literal.string("day")
            return _call("DATE_ADD", day, node.expression, node.this)
        case exp.Greatest() | exp.Least():
            return _ignoring_nulls(node)
        case exp.Explode():
            raise _no_tags("trino")
        case _:
            return node


def _bigquery(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            return _each_level(node, _neighbours_in_bigquery)
        case exp.Greatest() | exp.Least():
            return _ignoring_nulls(node)
        case exp.Explode():
            raise _no_tags("bigquery")
        case _:
            return node


def _clickhouse(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.PercentileCont():
            levels = _levels(node.expression)
            several = isinstance(node.expression, exp.Array)
            return exp.ParameterizedAgg(
                this="quantilesExactInclusive" if several else "quantileExactInclusive",
                expressions=levels,
                params=[node.this.copy()],
            )
        case exp.IntDiv():
            return _call("intDiv", node.this, _denominator(node))
        case exp.Stddev():
            return _call("stddevSamp", node.this)
        case exp.Cast() if _is_whole(node):
            return exp.cast(exp.Round(this=node.this.copy()), node.to.copy())
        case exp.Greatest() | exp.Least():
            return _ignoring_nulls(node)
        case exp.Explode():
            return parse_one(
                "arrayJoin(if(length(tags) > 0, arrayDistinct(tags), [NULL]))", dialect="clickhouse"
            )
        case _:
            return node


REWRITES: Mapping[str, Rewrite] = {
    "postgres": _postgres,
    "spark": _spark,
    "databricks": _spark,
    "snowflake": _snowflake,
    "trino": _trino,
    "bigquery": _bigquery,
    "clickhouse": _clickhouse,
}


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[each.copy() for each in arguments])


def _within_group(level: exp.Expr, value: exp.Expr) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=value.copy())])
    return exp.WithinGroup(this=exp.PercentileCont(this=level.copy()), expression=order)


def _levels(levels: exp.Expr) -> list[exp.Expr]:
    listed = levels.expressions if isinstance(levels, exp.Array) else [levels]
    return [each.copy() for each in listed]


def _each_level(
    node: exp.PercentileCont, quantile: Callable[[exp.Expr, exp.Expr], exp.Expr]
) -> exp.Expr:
    """One quantile after the other, for engines that take one level at a time."""
    found = [quantile(level, node.this) for level in _levels(node.expression)]
    return exp.Array(expressions=found) if isinstance(node.expression, exp.Array) else found[0]


def _neighbours_in_trino(level: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Between the two sorted values around p * (n - 1): approx_percentile would only be near."""
    text, place = value.sql("trino"), f"{level.name}E0 * (COUNT({value.sql('trino')}) - 1)"
    ordered = f"ARRAY_AGG({text} ORDER BY {text}) FILTER (WHERE NOT {text} IS NULL)"
    low, high = (
        f"ELEMENT_AT({ordered}, CAST({side}({place}) AS BIGINT) + 1)" for side in ("FLOOR", "CEIL")
    )
    share = f"({place} - FLOOR({place}))"
    return parse_one(f"({low} + ({high} - {low}) * {share})", dialect="trino")


def _neighbours_in_bigquery(level: exp.Expr, value: exp.Expr) -> exp.Expr:
    """The same; its own PERCENTILE_CONT is no aggregate, and APPROX_QUANTILES only near."""
    text, place = value.sql("bigquery"), f"{level.name} * (COUNT({value.sql('bigquery')}) - 1)"
    ordered = f"ARRAY_AGG({text} IGNORE NULLS ORDER BY {text})"
    low, high = (
        f"{ordered}[SAFE_OFFSET(CAST({side}({place}) AS INT64))]" for side in ("FLOOR", "CEIL")
    )
    share = f"({place} - FLOOR({place}))"
    return parse_one(f"({low} + ({high} - {low}) * {share})", dialect="bigquery")


def _ignoring_nulls(node: exp.Greatest | exp.Least) -> exp.Expr:
    """`greatest(a, b)` where a null would make the whole null: coalesce(greatest(a, b), a, b)."""
    first: exp.Expr = node.this.copy()
    for other in node.expressions:
        pair = type(node)(this=first, expressions=[other])
        first = exp.Coalesce(this=pair, expressions=[first.copy(), other.copy()])
    return first


def _guarded(node: exp.Expr) -> exp.Expr:
    guarded: exp.Expr = node.copy()
    guarded.set("expression", _denominator(node))
    return guarded


def _denominator(node: exp.Expr) -> exp.Expr:
    """What is below the line, and null in the place of 0."""
    below = node.expression
    number = below.this if isinstance(below, exp.Cast) else below
    if isinstance(number, exp.Literal):
        return _operand(below)
    return exp.Nullif(this=_operand(below), expression=exp.Literal.number(0))


def _operand(node: exp.Expr) -> exp.Expr:
    """Beside an operator of ours: in parentheses where it has operators of its own."""
    copied: exp.Expr = node.copy()
    return exp.paren(copied) if isinstance(node, exp.Binary) else copied


def _is_whole(node: exp.Cast) -> bool:
    return node.to.this in (exp.DataType.Type.BIGINT, exp.DataType.Type.INT)


def _no_tags(dialect: str) -> ConfigError:
    return ConfigError(
        f"{dialect} cannot spread the tags of a ticket within a SELECT",
        hint="Ask without tag, or join `tickets` with UNNEST(tags) yourself.",
    )

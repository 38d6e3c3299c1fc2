"""The gate for expressions that users write: a whitelist of syntax, by node class.

It must be a whitelist: dangerous functions arrive from the parser as classes of their own, and the
next release adds more. Whatever is not named here is refused. DuckDB's own lock (`session`) is the
second wall.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest

MAX_LENGTH = 2000
MAX_DEPTH = 40

AGGREGATES: tuple[type[exp.Expr], ...] = (
    exp.Avg,
    exp.Count,
    exp.CountIf,
    exp.Max,
    exp.Median,
    exp.Min,
    exp.PercentileCont,
    exp.Stddev,
    exp.Sum,
)
_OPERATORS: tuple[type[exp.Expr], ...] = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Paren),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    *(exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Case, exp.If),
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null),
)
_FUNCTIONS: tuple[type[exp.Expr], ...] = (
    *(exp.Abs, exp.Ceil, exp.Coalesce, exp.Floor, exp.Greatest, exp.Least),
    *(exp.Lower, exp.Nullif, exp.Round, exp.Upper, exp.ArrayContains, exp.DPipe),
)
_CASTS = (exp.DataType.Type.DOUBLE, exp.DataType.Type.BIGINT, exp.DataType.Type.INT)
_SPELT = (
    "arithmetic, comparisons, and or not, case, in, between, like, is null, coalesce nullif abs "
    "round floor ceil greatest least lower upper list_contains ||, and as aggregates count sum avg "
    "min max median quantile_cont(x, p) stddev, each with distinct or filter (where ...)"
)


def aggregate(text: str, columns: Collection[str], place: str) -> exp.Expr:
    """One aggregate expression over `columns`; every column stands inside an aggregate.

    `place` is what an error calls it: `[kpis.x] value`. Raises ConfigError.
    """
    tree = _parse(text, place)
    _check(tree, columns, place, aggregates=True)
    if not tree.find(*AGGREGATES):
        raise ConfigError(f"{place} = {text!r} aggregates nothing", hint="Write count(*), avg(x).")
    return tree


def scalar(text: str, columns: Collection[str], place: str) -> exp.Expr:
    """One expression per row over `columns`, without aggregates. Raises ConfigError."""
    tree = _parse(text, place)
    _check(tree, columns, place, aggregates=False)
    return tree


def check_condition(tree: exp.Expr, truths: Collection[str], place: str) -> None:
    """Raise ConfigError unless a checked row value is true or false; `truths` are such columns."""
    match tree:
        case exp.Paren() | exp.Not():
            check_condition(tree.this, truths, place)
        case exp.And() | exp.Or():
            check_condition(tree.this, truths, place)
            check_condition(tree.expression, truths, place)
        case exp.Coalesce():
            for part in (tree.this, *tree.expressions):
                check_condition(part, truths, place)
        case exp.Column() if tree.name in truths:
            pass
        case exp.Predicate() | exp.Boolean() | exp.Null() | exp.ArrayContains() | exp.Case():
            pass
        case _:
            raise _refusal(tree, place, "a condition is wanted here, as first_reply_s <= 3600")


def _parse(text: str, place: str) -> exp.Expr:
    if len(text) > MAX_LENGTH:
        raise ConfigError(f"{place} has {len(text):,} characters; {MAX_LENGTH:,} are allowed")
    if not text.isascii() and any(char for char in text if not char.isprintable()):
        raise ConfigError(f"{place} holds invisible characters")
    if _nesting(text) > MAX_DEPTH:
        raise ConfigError(f"{place} is nested deeper than {MAX_DEPTH} levels")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except (SqlglotError, ValueError) as problem:
        reason = str(problem).split("\n", maxsplit=1)[0][:120]
        raise ConfigError(f"{place} is not an expression: {reason}") from None
    except RecursionError:
        raise ConfigError(f"{place} is nested deeper than {MAX_DEPTH} levels") from None
    if len(trees) != 1 or trees[0] is None:
        raise ConfigError(f"{place} must be one expression")
    return trees[0]


def _nesting(text: str) -> int:
    depth = deepest = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _check(tree: exp.Expr, columns: Collection[str], place: str, *, aggregates: bool) -> None:
    for path in list(_paths(tree, place)):
        node = path[-1]
        node.pop_comments()
        above = {type(step) for step in path[:-1]}
        within = not above.isdisjoint(AGGREGATES)
        if type(node) in AGGREGATES:
            if not aggregates or exp.Where in above:
                raise _refusal(node, place, "an aggregate has no place in a condition or row value")
            if within:
                raise _refusal(node, place, "an aggregate within an aggregate")
        if not _known(node, path):
            raise _refusal(node, place, "not allowed")
        if isinstance(node, exp.Column):
            _check_column(node, columns, place)
            if aggregates and not within and exp.Where not in above:
                raise _refusal(node, place, "a column outside an aggregate")


def _known(node: exp.Expr, path: tuple[exp.Expr, ...]) -> bool:
    above = path[-2] if len(path) > 1 else None
    match node:
        case exp.Cast():
            return type(node) is exp.Cast and node.to.this in _CASTS and not node.args.get("format")
        case exp.DataType():
            return isinstance(above, exp.Cast) and not node.expressions
        case exp.Star():
            return isinstance(above, exp.Count) and not any(node.args.values())
        case exp.Filter():
            return type(node.this) in AGGREGATES
        case exp.Where():
            return isinstance(above, exp.Filter)
        case exp.Distinct():
            return type(above) in AGGREGATES and len(node.expressions) == 1
        case exp.PercentileCont():
            return _is_level(node.expression)
        case exp.Count():
            return not node.expressions
        case exp.In():
            return bool(node.expressions) and not node.args.get("query")
        case _:
            return type(node) in (*_OPERATORS, *_FUNCTIONS, *AGGREGATES)


def _is_level(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and 0 <= float(node.name) <= 1


def _check_column(node: exp.Column, columns: Collection[str], place: str) -> None:
    if node.table or isinstance(node.this, exp.Star):
        raise _refusal(node, place, "columns are written by their plain name")
    if node.name not in columns:
        near = nearest(node.name, columns)
        raise ConfigError(f"{place}: no column {node.name!r}{near}", hint=_sentence(columns))


def _paths(tree: exp.Expr, place: str) -> Iterator[tuple[exp.Expr, ...]]:
    """Every node with the nodes above it; a loop, so that depth cannot exhaust the stack."""
    waiting: list[tuple[exp.Expr, ...]] = [(tree,)]
    while waiting:
        path = waiting.pop()
        if len(path) > 3 * MAX_DEPTH:
            raise ConfigError(f"{place} is nested deeper than {MAX_DEPTH} levels")
        yield path
        waiting.extend((*path, child) for child in path[-1].iter_expressions())


def _refusal(node: exp.Expr, place: str, reason: str) -> ConfigError:
    came = node.sql("duckdb", comments=False)[:60]
    return ConfigError(f"{place}: {came!r}: {reason}", hint=f"Allowed are {_SPELT}.")


def _sentence(columns: Collection[str]) -> str:
    text = allowed(columns)
    return text[0].upper() + text[1:] + "."

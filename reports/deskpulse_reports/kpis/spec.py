"""A KPI is data: the four kinds of spec, and reading one from `[kpis.ID]`.

Built-ins, the configuration and plugins write the same models. An expression is text in DuckDB's
SQL over the columns of one fact table; `expression` says what it may hold. The calendar column is
written (`first_reply_s`); the business clock puts its twin (`first_reply_business_s`) in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import allowed, nearest

Unit = Literal["seconds", "ratio", "count", "score", "money"]
Direction = Literal["lower", "higher", "neutral"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]

TIMES: Mapping[str, str] = {
    "tickets": "created_at",
    "replies": "ended_at",
    "reactions": "ended_at",
    "stages": "started_at",
    "surveys": "answered_at",
    "interactions": "started_at",
    "activities": "acted_at",
    "sla": "decided_at",
    "orders": "placed_at",
    "subscriptions": "started_at",
    "payers": "started_at",
    "usage": "day_at",
    "measurements": "day_at",
    "accounts": "created_at",
    "customers": "created_at",
    "agents": "created_at",
}
"""The column that puts a row into a period, where a spec names none."""


class Spec(BaseModel):
    """What every kind of KPI says about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier = Field(description="Name in the configuration and on the command line.")
    title: str = Field(default="", description="What a report calls it.")
    definition: str = Field(default="", description="The formula in words.")
    unit: Unit = Field(default="count", description="What a value is counted in.")
    direction: Direction = Field(default="neutral", description="Which way is better.")
    time_words: str = Field(default="", description="What puts a value into a period, in words.")
    population: str = Field(default="", description="Which rows count and which do not, in words.")
    minimum_sample: int = Field(
        default=20, ge=1, description="Below this n a change in percent is not worth saying."
    )
    dimensions: dict[Identifier, str] = Field(
        default_factory=dict,
        description="Dimensions of its own, or other meanings for common ones: name = expression.",
    )
    source: str = Field(default="", description="Where the formula comes from.")
    book: str = Field(default="", description="The heading under which lists show it.")

    @model_validator(mode="before")
    @classmethod
    def _title_from_id(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("id"), str) and not given.get("title"):
            return given | {"title": given["id"].replace("_", " ").capitalize()}
        return given


class OverTable(Spec):
    """A spec that reads one fact table."""

    table: str = Field(description="Fact table: tickets, replies, stages, surveys ...")
    filter: str = Field(default="", description="Condition on a row; empty takes every row.")
    include_removed: bool = Field(
        default=False, description="Whether deleted, spam, merged and missing tickets count."
    )


class Measure(OverTable):
    """One figure over one fact table, in exactly one of three forms.

    `value`: an aggregate (`count(*)`, `sum(custom_cost)`). `each`: a number per row, reported as
    n, mean, median and p90; the headline is the median, which one stuck ticket cannot move.
    `share`: a condition per row, reported as the rate of rows for which it holds, with a 95 %
    Wilson interval; rows for which it is null are left out. `each` with `within` is the share of
    rows whose number meets that limit.
    """

    kind: Literal["measure"] = "measure"
    value: str = Field(default="", description="An aggregate over the rows.")
    each: str = Field(default="", description="A number per row.")
    share: str = Field(default="", description="A condition per row.")
    within: float | None = Field(
        default=None,
        ge=0,
        description="With `each`: the share of rows with at most this much, not mean and median.",
    )
    time: str = Field(default="", description="Column of the instant that decides the period.")
    running: tuple[str, ...] = Field(
        default=(),
        description="Statuses in which a ticket's value still grows, up to the present.",
    )
    before: str = Field(
        default="",
        description="Column of an instant that must lie before the row's period: who was lost of "
        "those that were there when it began.",
    )
    pending_s: float = Field(
        default=0,
        ge=0,
        description="Seconds for which a row's outcome is not known yet: younger rows stay out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        rate = given.get("share") or given.get("within") is not None
        unit = "ratio" if rate else "seconds" if given.get("each") else "count"
        time = TIMES.get(str(given.get("table")), "")
        return {"unit": unit, "time": time} | given

    @model_validator(mode="after")
    def _one_form(self) -> Measure:
        forms = [name for name in ("value", "each", "share") if getattr(self, name)]
        if len(forms) != 1:
            came = " and ".join(forms) or "none"
            raise ValueError(f"give exactly one of value, each and share; came: {came}")
        for name in ("running", "within"):
            if getattr(self, name) not in ((), None) and not self.each:
                raise ValueError(f"{name} goes with `each` only")
        return self

    @property
    def form(self) -> str:
        """Which of value, each and share it has."""
        return "value" if self.value else "each" if self.each else "share"

    @property
    def expression(self) -> str:
        """The one expression it has."""
        return self.value or self.each or self.share


class Ratio(Spec):
    """One measure divided by another, bucket by bucket and on the same dimensions."""

    kind: Literal["ratio"] = "ratio"
    unit: Unit = "ratio"
    numerator: Identifier = Field(description="Id of the measure or stock above the line.")
    denominator: Identifier = Field(description="Id of the measure or stock below the line.")
    proportion: bool = Field(
        default=False,
        description="The numerator counts some of what the denominator counts: gives an interval.",
    )
    rest: bool = Field(
        default=False, description="What the ratio leaves of 1: kept, where it counts lost."
    )


class Stock(OverTable):
    """How many spans stand at the end of each bucket; without `ends`, how many stand now.

    With `stands` "start" those that stood when the bucket began are meant, with "during" those that
    stood at any time in it. With `weight` the spans are added up instead of counted: the MRR of
    running subscriptions. With `age` it is how long ago that was for each span that stands now, as
    n, mean, median and p90; rows in which it lies ahead are left out.
    """

    kind: Literal["stock"] = "stock"
    starts: str = Field(description="Column of the instant at which a span begins.")
    ends: str = Field(default="", description="Column of its end (null: it still stands).")
    stands: Literal["end", "start", "during"] = Field(
        default="end", description="When in its bucket a span must stand."
    )
    weight: str = Field(default="", description="A number per span to add up; empty counts them.")

    age: str = Field(
        default="", description="Column of an instant: how long ago it was, instead of a count."
    )

    @model_validator(mode="before")
    @classmethod
    def _unit_of_age(cls, given: Any) -> Any:
        return (
            {"unit": "seconds"} | given if isinstance(given, dict) and given.get("age") else given
        )

    @model_validator(mode="after")
    def _needs_ends(self) -> Stock:
        if self.stands != "end" and not self.ends:
            raise ValueError(f'stands = "{self.stands}" needs ends')
        if self.age and (self.weight or self.stands != "end"):
            raise ValueError("age is of what stands now: it goes without weight and stands")
        return self

    @property
    def only_now(self) -> bool:
        """Whether it is known for the present alone."""
        return bool(self.age) or not self.ends


class Table(BaseModel):
    """What an analysis answers with.

    `units` says what the numbers of a column are counted in, where that is not obvious: seconds are
    then shown as time and ratios as percent.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    units: dict[str, Unit] = Field(default_factory=dict)


Parameter = bool | int | float | str


class Analysis(Spec):
    """A function from the mart to a table.

    `function` gets a `study.Study`: the mart, and what was asked. `dimensions` names what it can
    be split by, `parameters` what else may be set, with defaults (their type is the one allowed).
    """

    kind: Literal["analysis"] = "analysis"
    function: Callable[[Any], Table]
    formula: str = Field(default="", description="How its figures are computed, in one line.")
    left_out: str = Field(default="", description="What does not count.")
    parameters: dict[Identifier, Parameter] = Field(default_factory=dict)


AnySpec = Measure | Ratio | Stock | Analysis
Configured = Annotated[Measure | Ratio | Stock, Field(discriminator="kind")]
_KINDS: Mapping[str, type[Spec]] = {"measure": Measure, "ratio": Ratio, "stock": Stock}


def from_config(name: str, given: Mapping[str, Any]) -> Measure | Ratio | Stock:
    """The spec of `[kpis.NAME]`; `kind` is measure unless given.

    Raises ConfigError naming the table, the key, what came and what is allowed.
    """
    place = f"[kpis.{name}]"
    kind = given.get("kind", "measure")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ConfigError(f"{place} kind = {kind!r}: {allowed(_KINDS)}")
    known = [key for key in _KINDS[kind].model_fields if key != "id"]
    for key in given:
        if key not in known:
            raise ConfigError(f"{place} has no key {key!r}{nearest(key, known)}: {allowed(known)}")
    try:
        return TypeAdapter[Measure | Ratio | Stock](Configured).validate_python(
            {**given, "id": name, "kind": kind}
        )
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"][1:])
        reason = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{place} {key}: {reason}".replace(" :", ":")) from None

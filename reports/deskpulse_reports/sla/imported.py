"""A vendor's policy (a stored `SlaPolicy`) in our words.

Its filter is `{"all": [...], "any": [...]}` of conditions `{"field", "operator", "value"}`, as
Zendesk writes them. A condition that cannot be judged by what is stored makes the whole policy one
that is not judged: it would be wrong to apply it to tickets that it may not be for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from deskpulse.records.promises import SlaMetric
from deskpulse.records.tickets import Priority, Status, TicketKind
from deskpulse_reports.sla.condition import Condition, Filter, Operator
from deskpulse_reports.sla.field import CUSTOM
from deskpulse_reports.sla.policy import Policy, Target

if TYPE_CHECKING:
    from deskpulse.records import SlaPolicy

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "group_id": "team",
        "assignee_id": "agent",
        "organization_id": "account",
        "requester_id": "customer",
        "brand_id": "brand",
        "priority": "priority",
        "priority_id": "priority",
        "type": "kind",
        "ticket_type_id": "kind",
        "status": "status",
        "status_id": "status",
        "current_tags": "tags",
        "tags": "tags",
    }
)
"""The vendor's field to ours."""
_CUSTOM = ("custom_fields_", "ticket_fields_")
_OWN = ("reason", "language")
"""Fields of a ticket that a custom field of the vendor may fill."""
_OPERATORS: Mapping[str, tuple[Operator, Operator]] = MappingProxyType(
    {
        "is": ("is_one_of", "has_one_of"),
        "is_not": ("is_none_of", "has_none_of"),
        "includes": ("is_one_of", "has_one_of"),
        "not_includes": ("is_none_of", "has_none_of"),
        "present": ("present", "present"),
        "not_present": ("absent", "absent"),
    }
)
"""The vendor's operator to ours: for one value, for tags."""
_ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"priority": get_args(Priority), "status": get_args(Status)}
)
"""Values that can be less or greater, in order."""
_NUMBERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "priority": {"1": "low", "2": "normal", "3": "high", "4": "urgent"},
        "kind": {"1": "question", "2": "incident", "3": "problem", "4": "task"},
        "status": {
            "0": "new",
            "1": "open",
            "2": "pending",
            "3": "solved",
            "4": "closed",
            "6": "on_hold",
            "hold": "on_hold",
        },
    }
)
"""Values that the vendor also writes as numbers."""
_KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"priority": get_args(Priority), "kind": get_args(TicketKind), "status": get_args(Status)}
)
_IDS = ("team", "agent", "account", "customer")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the settings of a source call things: custom field id and brand id to a name."""

    fields: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)


class _NotJudged(Exception):
    """Why a condition cannot be judged."""


def imported(record: SlaPolicy, vocabulary: Vocabulary, *, has_hours: bool = True) -> Policy:
    """The policy of a stored record; `unjudged` says what of it is not understood.

    `has_hours`: its source has opening hours, without which a target in business time means
    nothing. A policy without a condition is not one for every ticket: no vendor says so.
    """
    problems: list[str] = []
    conditions: dict[str, list[Condition]] = {"all": [], "any": []}
    for side, found in conditions.items():
        for given in _listed(record.filter.get(side)):
            try:
                found.append(_condition(given, vocabulary))
            except _NotJudged as problem:
                problems.append(str(problem))
    problems += [
        f"{name!r} of its filter is not known" for name in record.filter.keys() - conditions
    ]
    if not problems and not any(conditions.values()):
        problems.append("it has no condition, so for which tickets it is meant is not said")
    targets = []
    for given in record.targets:
        try:
            targets.append(_target(given))
        except _NotJudged as problem:
            problems.append(str(problem))
    if not record.targets:
        problems.append("it has no target")
    if not has_hours and any(target.clock == "business" for target in targets):
        problems.append("its targets are in business time, and its source has no opening hours")
    return Policy(
        key=f"{record.source}/{record.id}",
        title=record.name or record.id,
        filter=Filter(tuple(conditions["all"]), tuple(conditions["any"])),
        targets=tuple(targets),
        sources=frozenset({record.source}),
        unjudged=tuple(dict.fromkeys(problems)),
    )


def _condition(given: Any, vocabulary: Vocabulary) -> Condition:
    if not isinstance(given, Mapping):
        raise _NotJudged(f"a condition is {type(given).__name__}, not field, operator and value")
    name, word = str(given.get("field")), str(given.get("operator"))
    ours = _FIELDS.get(name) or _custom(name, vocabulary)
    if ours is None:
        raise _NotJudged(f"field {name!r} is not stored")
    values = tuple(
        _value(ours, text, vocabulary)
        for each in _listed(given.get("value"))
        if each is not None
        for text in (str(each).split() if ours == "tags" else [_text(each)])
        if text
    )
    if word in ("less_than", "greater_than"):
        return _compared(name, ours, word, values)
    if word not in _OPERATORS:
        raise _NotJudged(f"operator {word!r} of field {name!r} is not known")
    operator = _OPERATORS[word][ours == "tags"]
    if operator in ("present", "absent"):
        return Condition(ours, operator)
    if not values:  # "is" nothing
        negated = operator in ("is_none_of", "has_none_of")
        return Condition(ours, "present" if negated else "absent")
    return Condition(ours, operator, values)


def _compared(name: str, ours: str, word: str, values: Sequence[str]) -> Condition:
    order = _ORDERS.get(ours, ())
    if len(values) != 1 or values[0] not in order:
        raise _NotJudged(f"operator {word!r} of field {name!r} cannot be judged")
    place = order.index(values[0])
    among = order[:place] if word == "less_than" else order[place + 1 :]
    return Condition(ours, "is_one_of", among)


def _custom(name: str, vocabulary: Vocabulary) -> str | None:
    for prefix in _CUSTOM:
        found = vocabulary.fields.get(name.removeprefix(prefix))
        if name.startswith(prefix) and found is not None:
            return found if found in _OWN else CUSTOM + found
    return None


def _value(ours: str, text: str, vocabulary: Vocabulary) -> str:
    text = _NUMBERS.get(ours, {}).get(text, text)
    if ours in _KNOWN and text not in _KNOWN[ours]:
        raise _NotJudged(f"{text!r} is no {ours} that is known")
    if ours in _IDS and not any(character.isdigit() for character in text):
        raise _NotJudged(f"{text!r} as a {ours} depends on who looks")
    return vocabulary.brands.get(text, text) if ours == "brand" else text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _target(given: Mapping[str, Any]) -> Target:
    metric, priority = given.get("metric"), given.get("priority")
    seconds, clock = given.get("target_s"), given.get("clock", "calendar")
    if metric not in get_args(SlaMetric):
        raise _NotJudged(f"metric {metric!r} is not known")
    if priority is not None and priority not in get_args(Priority):
        raise _NotJudged(f"priority {priority!r} of a target is not known")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise _NotJudged(f"a target of {seconds!r} seconds cannot be kept")
    if clock not in ("business", "calendar"):
        raise _NotJudged(f"clock {clock!r} of a target is not known")
    return Target(metric, priority, float(seconds), clock)  # type: ignore[arg-type]


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else [value]

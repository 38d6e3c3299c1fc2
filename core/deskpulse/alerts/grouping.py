"""Grouping: a few first messages go out one by one, a burst becomes one with its count. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from deskpulse.alerts.decision import Case, Verdict
from deskpulse.alerts.rules import Plan


@dataclass(frozen=True, slots=True)
class News:
    """A verdict that something is to be told, and of what."""

    case: Case
    verdict: Verdict
    to: tuple[str, ...] = ()
    """The notifiers of the route that hear of it."""

    @property
    def first(self) -> bool:
        """Whether it begins a thread, or stands alone."""
        return not self.case.told.running


@dataclass(frozen=True, slots=True)
class Recent:
    """What a group was told of late: how many threads began, and when the last one did."""

    threads: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """One message to one route: about one subject, or about several (`size` when it began)."""

    route: str
    news: tuple[News, ...]
    thread: str
    size: int

    @property
    def to(self) -> tuple[str, ...]:
        """The notifiers that are sent this message."""
        return self.news[0].to


@dataclass(frozen=True, slots=True)
class Grouped:
    """What goes out now, and what waits, with the reason."""

    bundles: list[Bundle] = field(default_factory=list)
    waiting: list[tuple[News, Verdict]] = field(default_factory=list)


def key_of(labels: Mapping[str, str], group_by: Iterable[str]) -> str:
    """The group that labels belong to: `{"team":"5"}`."""
    return orjson.dumps({label: labels.get(label, "") for label in group_by}).decode()


def group(
    plan: Plan,
    news: Iterable[News],
    recent: Mapping[tuple[str, str], Recent],
    spoken: Mapping[str, datetime],
) -> Grouped:
    """Sort one rule's news into messages.

    `recent` is by (route, group); `spoken` says when a group's thread was last written to.
    """
    firsts: dict[tuple[str, str, tuple[str, ...]], list[News]] = defaultdict(list)
    threads: dict[tuple[str, str], list[News]] = defaultdict(list)
    for item in news:
        told = item.case.told
        if item.first:
            key = key_of(item.case.alert.labels, plan.group_by)
            firsts[told.route, key, item.to].append(item)
        else:
            threads[told.route, told.thread].append(item)
    grouped = Grouped()
    for (route, thread), items in threads.items():
        _continue(plan, route, items, spoken.get(thread), grouped)
    for (route, key, _), items in firsts.items():
        notes = [item for item in items if item.verdict.kind == "note"]
        if notes:
            grouped.bundles.append(Bundle(route, tuple(notes), _new(notes), len(notes)))
        rest = [item for item in items if item.verdict.kind != "note"]
        if rest:
            _begin(plan, route, rest, recent.get((route, key), Recent()), grouped)
    return grouped


def _continue(
    plan: Plan, route: str, items: list[News], last: datetime | None, grouped: Grouped
) -> None:
    """A thread of its own goes on at once; one of a group at most once an interval."""
    told = items[0].case.told
    if told.size > 1 and last is not None:
        free = last + plan.group_interval
        if items[0].case.now < free:
            grouped.waiting.extend((item, _wait(free)) for item in items)
            return
    grouped.bundles.append(Bundle(route, tuple(items), told.thread, told.size))


def _begin(plan: Plan, route: str, items: list[News], recent: Recent, grouped: Grouped) -> None:
    now = items[0].case.now
    ready = min(item.case.told.wanted_at or now for item in items) + plan.group_wait
    alone = len(items) + recent.threads <= plan.group_above
    if not alone and recent.last_at is not None:
        ready = max(ready, recent.last_at + plan.group_interval)
    if now < ready:
        grouped.waiting.extend((item, _wait(ready)) for item in items)
    elif alone:
        grouped.bundles.extend(Bundle(route, (item,), _new([item]), 1) for item in items)
    else:
        grouped.bundles.append(Bundle(route, tuple(items), _new(items), len(items)))


def _wait(until: datetime) -> Verdict:
    return Verdict("group wait", None, f"until {until:%H:%M:%S} UTC", until)


def _new(items: list[News]) -> str:
    """A thread of its own for each episode: whoever answers an old message means the old one."""
    alert, route = items[0].case.alert, items[0].case.told.route
    what = alert.subject if len(items) == 1 else f"{len(items)} together"
    return f"{alert.rule}/{what}/{alert.id}/{route}"

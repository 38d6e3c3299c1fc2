"""The vectorised clocks equal the slow walker's, whatever happens and whatever is promised."""

from __future__ import annotations

import random
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deskpulse_reports.facts import History, derive
from deskpulse_reports.sla.condition import Condition, Filter
from deskpulse_reports.sla.instances import RUNS
from deskpulse_reports.sla.policy import Policy, Target
from deskpulse_reports.sla.promises import Promises
from support import worlds
from support.sla_cases import clocks_of, rows_of
from support.sla_walker import SlaWalker

MANY = hypothesis_settings(max_examples=60, deadline=None)
SOME = hypothesis_settings(max_examples=12, deadline=None)
SEEDS = st.integers(0, 2**32)
TOLD = (
    *("metric", "n", "policy", "target_s", "state", "running", "started_at", "elapsed_s"),
    *("due_at", "breached_at", "ended_at"),
)
INSTANCE = ("source", "ticket_id", "metric", "started_at", "ended_at")
VALUES = {
    "priority": ("low", "high", "urgent"),
    "team": ("t1", "t2"),
    "kind": ("incident", "task"),
    "account_tier": ("gold",),
    "channel": ("email", "chat"),
    "status": ("new", "open", "pending"),
}


def drawn(seed):
    rng = random.Random(seed)
    made, settings = worlds.world(rng), worlds.settings(rng)
    for ticket in made.tickets:
        for n in range(rng.randint(0, 4)):
            field, values = rng.choice(
                [("priority", ["low", "high", "urgent", None]), ("kind", ["incident", "task"]),
                 ("tags", ["x y", "vip", "", "x"])]
            )  # fmt: skip
            made.changes.append(
                worlds._change(rng, ticket, 50 + n, field, values)  # the ids are not yet taken
            )
    return made, settings, promises(rng)


def promises(rng):
    policies = []
    for n in range(rng.randint(1, 3)):
        targets = {}
        for metric in rng.sample(sorted(RUNS), rng.randint(1, 5)):
            clock = rng.choice(["business", "calendar"])
            for priority in rng.sample([None, None, "low", "high", "urgent"], rng.randint(1, 3)):
                seconds = float(rng.choice([60, 240, 480, rng.randint(1, 3000)]) * 60)
                targets[metric, priority] = Target(metric, priority, seconds, clock)
        policies.append(
            Policy(
                f"config/{n}",
                "",
                Filter(*(tuple(condition(rng) for _ in range(rng.randint(0, 2))) for _ in "ab")),
                tuple(targets.values()),
                sources=rng.choice([None, None, frozenset("a")]),
                calendar=rng.choice([None, None, "office", "nights"]),
            )
        )
    rule = rng.choice(["keep_elapsed", "keep_elapsed", "forward", "at_start"])
    return Promises(tuple(policies), {"a": rule, "b": "keep_elapsed"})


def condition(rng):
    if rng.random() < 0.25:
        operator = rng.choice(["has_one_of", "has_none_of", "present", "absent"])
        return Condition("tags", operator, ("x", "vip") if "has" in operator else ())
    field, values = rng.choice(list(VALUES.items()))
    operator = rng.choice(["is_one_of", "is_one_of", "is_none_of", "present", "absent"])
    some = tuple(rng.sample(values, rng.randint(1, len(values))))
    return Condition(field, operator, some if "of" in operator else ())


def walked(made, settings, promised):
    initiated = {
        (row["source"], row["ticket_id"]): row["initiated_by"]
        for row in derive(worlds.history(made), settings).tickets.to_dicts()
    }
    found = {}
    for ticket in made.tickets:
        key = ticket["source"], ticket["id"]
        for row in SlaWalker(ticket, made, settings).clocks(promised, initiated[key]):
            found[*key, row["metric"], row["n"]] = {name: row[name] for name in TOLD}
    return found


@MANY
@given(seed=SEEDS)
def test_every_clock_equals_the_walkers(seed):
    made, settings, promised = drawn(seed)
    found = {
        (row["source"], row["ticket_id"], row["metric"], row["n"]): {
            name: row[name] for name in TOLD
        }
        for row in rows_of(worlds.history(made), promised, settings)
    }
    assert found == walked(made, settings, promised)


@SOME
@given(seed=SEEDS)
def test_tickets_alone_or_together_and_in_any_order_have_the_same_clocks(seed):
    made, settings, promised = drawn(seed)
    together = clocks_of(worlds.history(made, random.Random(seed)), promised, settings)
    history = worlds.history(made)
    alone = []
    for n in range(len(history.tickets)):
        one = {each.name: getattr(history, each.name) for each in fields(History)}
        part = replace(history, **one | {"tickets": history.tickets[n : n + 1]})
        alone += clocks_of(part, promised, settings)
    assert sorted(alone, key=repr) == sorted(together, key=repr)


@SOME
@given(seed=SEEDS)
def test_the_mark_of_a_history_does_not_depend_on_what_is_promised(seed):
    made, settings, promised = drawn(seed)
    others = replace(promised, policies=tuple(reversed(promised.policies)))
    marks = [
        {tuple(row[name] for name in INSTANCE): row["history"] for row in rows}
        for rows in (
            rows_of(worlds.history(made), promised, settings),
            rows_of(worlds.history(made), others, settings),
        )
    ]
    for key in marks[0].keys() & marks[1].keys():
        assert marks[0][key] == marks[1][key]

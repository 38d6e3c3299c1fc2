"""The vectorised facts equal the slow walker's, whatever happens to the tickets."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from deskpulse_reports.facts import Facts, History, Settings, derive, schema
from support import worlds
from support.walker import walk

TABLES = tuple(Facts.__dataclass_fields__)
MANY = hypothesis_settings(max_examples=150, deadline=None)
SOME = hypothesis_settings(max_examples=40, deadline=None)
SEEDS = st.integers(0, 2**32)


def drawn(seed):
    rng = random.Random(seed)
    return worlds.world(rng), worlds.settings(rng)


@MANY
@given(seed=SEEDS)
def test_every_column_equals_the_walkers(seed):
    world, settings = drawn(seed)
    facts = derive(worlds.history(world), settings)
    walked = walk(world, settings)
    for name in TABLES:
        frame = getattr(facts, name)
        assert dict(frame.schema) == {k: _dtype(v) for k, v in schema.TABLES[name].items()}
        columns = schema.TABLES[name]
        rows = [{column: row[column] for column in columns} for row in walked[name]]
        expected = pl.DataFrame(rows, schema=dict(columns))
        ordered = name != "activities"
        assert_frame_equal(
            frame if ordered else frame.sort(pl.all()),
            expected if ordered else expected.sort(pl.all()),
            check_exact=False,
            abs_tol=1e-6,
            rel_tol=0,
        )


@SOME
@given(seed=SEEDS)
def test_the_order_in_which_rows_arrive_is_irrelevant(seed):
    world, settings = drawn(seed)
    once = derive(worlds.history(world), settings)
    again = derive(worlds.history(world, random.Random(seed)), settings)
    for name in TABLES:
        assert_frame_equal(getattr(once, name), getattr(again, name), check_exact=True)


@SOME
@given(seed=SEEDS)
def test_one_go_equals_ticket_by_ticket(seed):
    world, settings = drawn(seed)
    together = derive(worlds.history(world), settings)
    alone = [
        derive(worlds.history(replace(world, tickets=[ticket])), settings)
        for ticket in sorted(world.tickets, key=lambda t: (t["source"], t["id"]))
    ]
    for name in ("tickets", "replies", "reactions", "stages"):
        parts = pl.concat([getattr(facts, name) for facts in alone])
        assert_frame_equal(getattr(together, name), parts, check_exact=True)


@SOME
@given(seed=SEEDS)
def test_an_unrelated_ticket_changes_nothing(seed):
    world, settings = drawn(seed)
    other = {**world.tickets[0], "source": "c", "id": "other"}
    more = replace(world, tickets=[*world.tickets, other])
    before = derive(worlds.history(world), settings)
    after = derive(worlds.history(more), settings)
    for name in TABLES:
        rest = getattr(after, name).filter(pl.col("source") != "c")
        assert_frame_equal(getattr(before, name), rest, check_exact=True)


@SOME
@given(seed=SEEDS)
def test_stages_tile_and_stocks_balance(seed):
    world, settings = drawn(seed)
    facts = derive(worlds.history(world), settings)
    for ticket in facts.tickets.iter_rows(named=True):
        key = (pl.col("source") == ticket["source"]) & (pl.col("ticket_id") == ticket["ticket_id"])
        rows = facts.stages.filter(key)
        assert rows["started_at"][0] == ticket["created_at"]
        assert rows["ended_at"].to_list() == [*rows["started_at"][1:], ticket["removed_at"]]
        assert rows["resolves"].sum() == ticket["resolutions"]
        open_now = rows["unsolved"][-1] and ticket["removed_at"] is None
        assert rows["enters"].sum() - rows["leaves"].sum() == open_now


def _dtype(dtype):
    return dtype() if isinstance(dtype, type) else dtype


def test_an_empty_history_has_empty_tables():
    facts = derive(worlds.history(worlds.World([])), worlds.settings(random.Random(0)))
    for name in TABLES:
        assert getattr(facts, name).is_empty()
        assert list(getattr(facts, name).columns) == list(schema.TABLES[name])


def test_missing_tables_and_columns_are_tolerated():
    bare = pl.DataFrame({"source": ["s"], "id": ["1"], "created_at": [worlds.START]})
    facts = derive(History.of(bare), Settings())
    assert facts.tickets["running_status"].to_list() == ["new"]
    assert facts.replies.is_empty()

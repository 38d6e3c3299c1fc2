"""Which two numbers are the same one."""

import polars as pl
import pytest

from deskpulse_reports.reconcile.agreement import Tally
from deskpulse_reports.reconcile.pairs import pairs
from deskpulse_reports.reconcile.reasons import REASONS


def compared(metric, ours, theirs):
    schema = {"ticket_id": pl.String, metric: pl.Float64}
    here = pl.DataFrame({"ticket_id": ["1"], metric: [ours]}, schema=schema)
    other = [] if theirs is None else [("1", metric, theirs)]
    there = pl.DataFrame(
        [*other, ("1", "reopens", 0.0)],
        schema={"ticket_id": pl.String, "metric": pl.String, "value": pl.Float64},
        orient="row",
    )
    return pairs(here, there, [metric])


@pytest.mark.parametrize(
    ("metric", "ours", "theirs", "verdict"),
    [
        ("first_reply_s", 119.0, 60.0, "equal"),  # rounded down
        ("first_reply_s", 61.0, 120.0, "equal"),  # rounded up
        ("first_reply_s", 120.0, 60.0, "differs"),
        ("first_reply_s", 61.4, 61.0, "equal"),  # a vendor that gives seconds
        ("first_reply_s", 63.0, 61.0, "differs"),
        ("first_reply_s", 0.0, 0.0, "equal"),
        ("agent_replies", 2.0, 1.0, "differs"),
        ("agent_replies", 60.0, 60.0, "equal"),
        ("agent_replies", 61.0, 60.0, "differs"),
        ("first_reply_s", None, 60.0, "missing_here"),
        ("first_reply_s", 60.0, None, "missing_there"),
    ],
)
def test_verdicts(metric, ours, theirs, verdict):
    assert compared(metric, ours, theirs)["verdict"].to_list() == [verdict]


def test_what_neither_side_has_is_no_pair():
    assert compared("first_reply_s", None, None).is_empty()


def test_a_metric_that_the_vendor_never_gives_is_not_listed():
    tally = Tally()
    tally.add(compared("first_reply_s", 60.0, None))
    assert tally.agreements() == ()


def test_every_reason_is_a_sentence_with_a_hint():
    for reason in REASONS.values():
        assert reason.text[0].islower()
        assert not reason.text.endswith(".")
        assert reason.hint.endswith(".")

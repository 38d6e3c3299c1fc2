"""What is written where a condition is wanted, and what errors of custom KPIs say."""

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.spec import Measure, Ratio
from deskpulse_reports.kpis.targets import Targets, known
from support.marts import engine, fact

CUSTOMS = {"custom_met": "bool", "custom_cost": "number"}
CONDITIONS = ("first_reply_s <= 60", "counted", "not counted", "(counted or 1 = 1) and true",
              "coalesce(bot_resolved, false)", "brand is null", "brand in ('a', 'b')", "custom_met",
              "case when counted then true end", "list_contains(tags, 'x')")  # fmt: skip
OTHERS = ("first_reply_s", "brand", "1", "'x'", "first_reply_s + 1", "coalesce(reopens, 0)",
          "counted and first_reply_s", "not reopens", "custom_cost", "lower(brand)")  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_one(text):
    catalog = Catalog([], customs=CUSTOMS)
    catalog.check(Measure(id="mine", table="tickets", share=text))
    catalog.check(Measure(id="mine", table="tickets", value="count(*)", filter=text))


@pytest.mark.parametrize("text", OTHERS)
def test_a_number_or_a_text_is_no_condition(text):
    """DuckDB takes every number but 0 for true: a share of them would be near 100 %."""
    catalog = Catalog([], customs=CUSTOMS)
    for name, spec in (
        ("share", Measure(id="mine", table="tickets", share=text)),
        ("filter", Measure(id="mine", table="tickets", value="count(*)", filter=text)),
    ):
        with pytest.raises(ConfigError, match=rf"\[kpis.mine\] {name}: .*a condition is wanted"):
            catalog.check(spec)


def test_a_wrong_type_is_told_of_its_kpi(tmp_path):
    late = Measure(id="late", table="tickets", value="count(*)", filter="created_at > '2025-01-01'")
    ticket = fact(ticket_id="1", created_at="2025-06-02T09:00")
    desk = engine(tmp_path, specs=[late], tickets=[ticket])
    with pytest.raises(ConfigError, match=r"\[kpis.late\] cannot be computed") as raised:
        desk.compute("late")
    assert "microseconds since 1970" in raised.value.hint


def test_a_ratio_of_a_ratio_says_what_it_is():
    catalog = Catalog(BUILTIN)
    twice = Ratio(id="twice", numerator="contact_rate", denominator="orders")
    with pytest.raises(ConfigError, match="'contact_rate' is a ratio itself"):
        catalog.check(twice)


def test_a_rate_aimed_at_in_percent_is_refused():
    knows = known(Catalog(BUILTIN))
    for kpi in ("csat", "first_reply_within_4h", "churn_rate"):
        with pytest.raises(ConfigError, match=r"goal = 90: this rate is at most 1") as raised:
            Targets.build({kpi: {"goal": 90}}, knows)
        assert raised.value.hint == "For 90 % write 0.9."
    assert Targets.build({"csat": {"goal": 0.9, "warn": 0.8}, "contact_rate": {"goal": 2}}, knows)

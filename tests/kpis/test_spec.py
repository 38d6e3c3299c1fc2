"""Reading `[kpis.*]`: every mistake is named with its table, its key and what is allowed."""

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import kpis
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.spec import Measure, Ratio, Stock, from_config

CUSTOMS = {"custom_made_sla": "bool"}


def build(**tables):
    return Catalog.build(BUILTIN, tables, CUSTOMS)


def test_a_measure_needs_little():
    spec = build(sla_met={"table": "tickets", "share": "custom_made_sla"})["sla_met"]
    assert isinstance(spec, Measure)
    assert (spec.title, spec.unit, spec.time) == ("Sla met", "ratio", "created_at")
    assert from_config("x", {"table": "replies", "each": "s"}).unit == "seconds"
    assert from_config("x", {"table": "replies", "each": "s"}).time == "ended_at"


def test_the_other_kinds():
    catalog = build(
        per_ticket={"kind": "ratio", "numerator": "resolutions", "denominator": "submissions"},
        waiting={"kind": "stock", "table": "tickets", "starts": "created_at", "ends": "closed_at"},
    )
    assert isinstance(catalog["per_ticket"], Ratio)
    assert isinstance(catalog["waiting"], Stock)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"table": "tickets", "valu": "count(*)"}, r"\[kpis.x\] has no key 'valu' .*'value'"),
        ({"kind": "mesure"}, r"\[kpis.x\] kind = 'mesure': allowed are measure, ratio, stock"),
        ({"kind": 3}, r"\[kpis.x\] kind = 3"),
        ({"value": "count(*)"}, r"\[kpis.x\] table: Field required"),
        (
            {"table": "tickets"},
            r"\[kpis.x\]: give exactly one of value, each and share; came: none",
        ),
        ({"table": "tickets", "value": "count(*)", "share": "counted"}, "came: value and share"),
        ({"table": "tickets", "value": "count(*)", "unit": "minutes"}, r"\[kpis.x\] unit: "),
        ({"table": "ticket", "value": "count(*)"}, "no fact table 'ticket' .*'tickets'"),
        ({"table": "tickets", "value": "read_csv('x')"}, r"\[kpis.x\] value: .*not allowed"),
        ({"table": "tickets", "value": "count(stage)"}, r"\[kpis.x\] value: no column 'stage'"),
        ({"table": "tickets", "value": "count(*)", "filter": "coutned"}, "filter: .*'counted'"),
        (
            {"table": "tickets", "value": "count(*)", "filter": "count(*) > 1"},
            "filter: .*aggregate",
        ),
        (
            {"table": "tickets", "value": "count(*)", "time": "create_at"},
            "time = 'create_at' .*did you mean 'created_at'",
        ),
        (
            {"table": "tickets", "value": "count(*)", "time": "status"},
            "time = 'status' is no instant of tickets",
        ),
        (
            {"table": "tickets", "value": "count(*)", "time": "created_at + 1"},
            r"time = 'created_at \+ 1' is no",
        ),
        ({"table": "tickets", "each": "first_reply_s", "minimum_sample": 0}, "minimum_sample: "),
        ({"table": "tickets", "value": "count(*)", "running": ["new"]}, "running goes with"),
        (
            {"table": "tickets", "value": "count(*)", "dimensions": {"size": "glob('*')"}},
            r"\[kpis.x\] dimensions.size: ",
        ),
        (
            {"kind": "ratio", "numerator": "submision", "denominator": "resolutions"},
            r"\[kpis.x\] numerator = 'submision' is not known .*'submissions'",
        ),
        (
            {"kind": "ratio", "numerator": "submissions", "denominator": "open_tickets"},
            "denominator = 'open_tickets' has no past to divide by",
        ),
        (
            {"kind": "stock", "table": "tickets", "starts": "opened_at"},
            "starts = 'opened_at' is no instant",
        ),
        ({"table": "tickets", "value": 7}, r"\[kpis.x\] value: "),
    ],
)
def test_mistakes_are_named(table, said):
    with pytest.raises(ConfigError, match=said):
        build(x=table)


@pytest.mark.parametrize("name", ["Bad", "1x", "a-b", "a.b", "", "x" * 65, "é"])
def test_an_id_is_a_plain_word(name):
    with pytest.raises(ConfigError, match="id"):
        Catalog.build(BUILTIN, {name: {"table": "tickets", "value": "count(*)"}})


def test_a_built_in_keeps_its_meaning():
    with pytest.raises(ConfigError, match="a KPI of that name"):
        build(csat={"table": "surveys", "share": "good"})


def test_the_plugin_contributes_what_the_issue_names():
    wanted = (
        "submissions resolutions backlog inflow outflow open_tickets awaiting_reply "
        "first_reply_time next_reply_time first_resolution_time full_resolution_time time_in_stage "
        "requester_wait_time one_touch_rate fcr_rate reopen_rate csat csat_response_rate"
    )
    assert {spec.id for spec in kpis()} >= set(wanted.split())


@pytest.mark.parametrize("spec", BUILTIN, ids=lambda spec: spec.id)
def test_a_built_in_passes_the_gate_and_says_everything(spec):
    Catalog(BUILTIN).check(spec)
    for text in (spec.title, spec.definition, spec.time_words, spec.population, spec.source):
        assert text
    assert spec.definition.endswith(".")

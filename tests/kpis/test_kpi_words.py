"""What `--explain` says of a KPI."""

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.spec import Measure, Ratio
from deskpulse_reports.kpis.words import explain, is_clocked, time_basis

CATALOG = Catalog(
    [
        *BUILTIN,
        Ratio(id="per", numerator="full_resolution_time", denominator="submissions"),
        Measure(id="fixed", table="tickets", each="first_reply_business_s"),
    ]
)


def test_an_explanation_names_formula_population_clock_and_source():
    lines = explain(CATALOG["first_reply_time"], CATALOG, zone="Europe/Berlin", calendar="office")
    assert lines["formula"] == "first_reply_s over tickets"
    assert "median" in lines["value"]
    assert lines["period by"] == "first reply"
    assert lines["clocks"] == "calendar and business (office)"
    assert "merged" in lines["left out"]
    assert lines["attribution"] == (
        "by the event (first reply); with --attribution created by ticket creation"
    )
    assert "team" in lines["split by"]
    assert "Zendesk" in lines["source"]
    assert all(lines.values())


def test_every_built_in_explains_itself():
    for spec in BUILTIN:
        lines = explain(spec, CATALOG, zone="UTC")
        assert {"title", "definition", "formula", "period by", "counts", "source"} <= set(lines)


def test_clocked_are_those_with_a_business_twin():
    clocked = {spec.id for spec in CATALOG if is_clocked(spec, CATALOG)}
    assert clocked == {
        "first_reply_time", "next_reply_time", "reaction_time", "first_resolution_time", "full_resolution_time",
        "time_in_stage", "requester_wait_time", "per", "human_response_time", "agent_wait_time",
        "on_hold_time", "agent_work_time", "solve_time", "unassigned_time",
        "first_assignment_to_resolution", "last_assignment_to_resolution",
        "first_reply_within_1h", "first_reply_within_4h", "first_reply_within_8h",
        "first_reply_within_24h", "total_reply_time", "reply_wait", "average_reply_time",
    }  # fmt: skip


def test_a_ratio_shows_the_formulas_of_its_parts():
    lines = explain(CATALOG["per"], CATALOG, zone="UTC")
    assert lines["formula"] == (
        "full_resolution_time / submissions: "
        "(full_resolution_s over tickets where resolved_at is not null) / (count(*) over tickets)"
    )


def test_what_counts_in_spite_of_being_removed_is_said():
    lines = explain(CATALOG["backlog"], CATALOG, zone="UTC")
    assert lines["left out"].startswith("nothing")
    assert "attribution" not in lines


def test_a_spec_without_words_of_its_own_still_says_when():
    assert time_basis(CATALOG["fixed"], CATALOG) == "ticket creation"


def test_a_ratio_names_both_bases():
    assert time_basis(CATALOG["per"], CATALOG) == "last resolution / ticket creation"
    assert time_basis(CATALOG["per"], CATALOG, "created") == "ticket creation"

"""Policies of a vendor: what is understood, and what is said of the rest."""

import pytest

from deskpulse.records import SlaPolicy
from deskpulse_connectors.zendesk.policies import to_policy
from deskpulse_reports.sla.condition import Condition
from deskpulse_reports.sla.imported import Vocabulary, imported

TARGET = {"metric": "first_reply_time", "priority": "high", "target_s": 3600, "clock": "calendar"}
WORDS = Vocabulary({"77": "plan", "78": "reason"}, {"5": "Outdoor"})


def policy(*every, some=(), targets=(TARGET,), **more):
    given = {"all": [_condition(each) for each in every], "any": [_condition(e) for e in some]}
    record = SlaPolicy(id="9", source="zd", name="VIP", filter=given, targets=list(targets))
    return imported(record, WORDS, **more)


def _condition(each):
    field, operator, value = each
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("came", "condition"),
    [
        (("group_id", "is", 360001), Condition("team", "is_one_of", ("360001",))),
        (("group_id", "is_not", "7"), Condition("team", "is_none_of", ("7",))),
        (("group_id", "is", ""), Condition("team", "absent")),
        (("assignee_id", "is_not", ""), Condition("agent", "present")),
        (
            ("organization_id", "is", 360033549136),
            Condition("account", "is_one_of", ("360033549136",)),
        ),
        (("requester_id", "includes", [1, 2]), Condition("customer", "is_one_of", ("1", "2"))),
        (("brand_id", "is", 5), Condition("brand", "is_one_of", ("Outdoor",))),
        (("brand_id", "is", 6), Condition("brand", "is_one_of", ("6",))),
        (("type", "is", "incident"), Condition("kind", "is_one_of", ("incident",))),
        (("ticket_type_id", "is", 3), Condition("kind", "is_one_of", ("problem",))),
        (("priority", "less_than", "high"), Condition("priority", "is_one_of", ("low", "normal"))),
        (("priority", "greater_than", "high"), Condition("priority", "is_one_of", ("urgent",))),
        (("status", "is", "hold"), Condition("status", "is_one_of", ("on_hold",))),
        (
            ("current_tags", "includes", "vip gold"),
            Condition("tags", "has_one_of", ("vip", "gold")),
        ),
        (("current_tags", "not_includes", "spam"), Condition("tags", "has_none_of", ("spam",))),
        (("custom_fields_77", "is", "pro"), Condition("custom.plan", "is_one_of", ("pro",))),
        (("ticket_fields_77", "is", True), Condition("custom.plan", "is_one_of", ("true",))),
        (("custom_fields_78", "present", None), Condition("reason", "present")),
        (("custom_fields_77", "not_present", None), Condition("custom.plan", "absent")),
    ],
)
def test_a_condition_in_our_words(came, condition):
    found = policy(came)
    assert (found.unjudged, found.filter.every) == ((), (condition,))


def test_all_and_any():
    found = policy(("priority", "is", "high"), some=[("group_id", "is", 1), ("group_id", "is", 2)])
    assert (len(found.filter.every), len(found.filter.some)) == (1, 2)
    assert (found.key, found.title, found.sources) == ("zd/9", "VIP", frozenset({"zd"}))


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (("via_id", "is", 4), "'via_id' is not stored"),
        (("custom_fields_99", "is", "x"), "'custom_fields_99' is not stored"),
        (("priority", "within", "high"), "operator 'within'"),
        (("group_id", "less_than", 4), "operator 'less_than'"),
        (("assignee_id", "is", "current_user"), "depends on who looks"),
        (("priority", "is", "blocker"), "'blocker' is no priority"),
    ],
)
def test_what_is_not_understood_is_not_judged(came, why):
    found = policy(("group_id", "is", 1), came)
    assert len(found.unjudged) == 1
    assert why in found.unjudged[0]


def test_an_empty_filter_is_not_one_for_every_ticket():
    assert "no condition" in policy().unjudged[0]
    other = SlaPolicy(id="9", source="zd", filter={"none": []}, targets=[TARGET])
    assert any("'none'" in why for why in imported(other, WORDS).unjudged)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"metric": "smile_time"}, "metric 'smile_time'"),
        ({"priority": "blocker"}, "priority 'blocker'"),
        ({"target_s": 0}, "0 seconds"),
        ({"target_s": -5}, "-5 seconds"),
        ({"target_s": None}, "None seconds"),
        ({"clock": "lunar"}, "clock 'lunar'"),
    ],
)
def test_a_target_that_cannot_be_used(wrong, why):
    found = policy(("group_id", "is", 1), targets=[TARGET | wrong])
    assert why in found.unjudged[0]


def test_business_time_needs_hours():
    business = [TARGET | {"clock": "business"}]
    team = ("group_id", "is", 1)
    assert policy(team, targets=business).unjudged == ()
    assert "opening hours" in policy(team, targets=business, has_hours=False).unjudged[0]
    assert "no target" in policy(team, targets=[]).unjudged[0]


def test_as_zendesk_sends_it():
    raw = {
        "id": 25,
        "title": "Silver",
        "position": 3,
        "filter": {"all": [{"field": "type", "operator": "is", "value": "incident"}], "any": []},
        "policy_metrics": [
            {"priority": "normal", "metric": "first_reply_time", "target": 30, "business_hours": False},
            {"priority": "urgent", "metric": "agent_work_time", "target": 90, "target_in_seconds": 5400,
             "business_hours": True},
        ],
    }  # fmt: skip
    found = imported(to_policy(raw), WORDS)
    assert found.unjudged == ()
    assert [(t.metric, t.priority, t.seconds, t.clock) for t in found.targets] == [
        ("first_reply_time", "normal", 1800.0, "calendar"),
        ("agent_work_time", "urgent", 5400.0, "business"),
    ]

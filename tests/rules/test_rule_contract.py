"""Every built-in rule keeps the contract, and each test of the contract bites."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from deskpulse.message import Paragraph
from deskpulse.records import Account
from deskpulse.rule import Rule, Signal
from deskpulse.untrusted import Untrusted
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import KpiRow
from deskpulse_reports.rules import BUILTIN, Wait
from deskpulse_reports.rules.csat import Csat
from deskpulse_reports.rules.flood import Flood
from deskpulse_reports.rules.judging import is_stale
from deskpulse_reports.rules.no_tickets import NoTickets
from deskpulse_reports.rules.sla import Sla
from deskpulse_reports.rules.spike import Spike
from deskpulse_reports.rules.stale import Stale
from deskpulse_reports.rules.target import KpiTarget
from deskpulse_reports.rules.vip import Vip
from deskpulse_reports.testing import HandDesk, RuleContract
from support.rule_desks import at, clock, desk, survey, team, ticket

NOW = "2026-01-05T12:00"
TICKETS = [ticket(subject="Help", team_id="3", account_id="a7")]


class TestSla(RuleContract):
    rule = Sla
    config: ClassVar = {"look_back": "2d"}
    desk = desk(
        NOW,
        clock(),
        clock(ticket_id="2", state="cancelled", running=False, ended_at=at("2026-01-05T11:00")),
        all_tickets=TICKETS,
    )


class TestTarget(RuleContract):
    rule = KpiTarget
    config: ClassVar = {"kpi": "backlog", "by": ["team"], "above": 10}
    desk = desk(NOW, values={"backlog": [KpiRow(None, {"team": "3"}, value=12)]})


class TestSpike(RuleContract):
    rule = Spike
    config: ClassVar = {}
    desk = desk(
        NOW,
        values={
            "submissions": [
                *(KpiRow(f"{day}T11:00", value=10) for day in (
                    "2025-12-29", "2025-12-22", "2025-12-15", "2025-12-08",
                )),
                KpiRow("2026-01-05T11:00", value=40),
            ]
        },
    )  # fmt: skip
    true_of_old_data = "What is missing could only add to a spike."


class TestStale(RuleContract):
    rule = Stale
    config: ClassVar = {"older_than": "30s"}
    desk = desk(NOW, sources={"desk": Freshness("desk", at(NOW) - timedelta(minutes=1))})
    true_of_old_data = "It is about old data."


class TestNoTickets(RuleContract):
    rule = NoTickets
    config: ClassVar = {"chance": 1.0, "sources": ["desk"]}
    desk = desk(NOW, arrivals=[("desk", None, at("2026-01-05T08:00"))])


class TestCsat(RuleContract):
    rule = Csat
    config: ClassVar = {"at_most": 2}
    desk = desk(
        NOW,
        all_tickets=TICKETS,
        all_surveys=[survey(score=1, scale_max=5, ticket_id="1", comment="Never again")],
    )
    true_of_old_data = "An answer was given, whatever else happened."


class TestVip(RuleContract):
    rule = Vip
    config: ClassVar = {"tiers": ["gold"]}
    desk = desk(
        NOW,
        all_tickets=TICKETS,
        all_accounts=[Account.read({"source": "desk", "id": "a7", "tier": "gold", "name": "Acme"})],
        all_waits=[Wait("desk", "1", at("2026-01-05T09:00"), account_id="a7")],
    )


class TestFlood(RuleContract):
    rule = Flood
    config: ClassVar = {"more_than": 1}
    desk = desk(
        NOW,
        *(clock("2026-01-05T10:30", ticket_id=str(n), team_id="3") for n in range(2)),
        all_teams=[team("3", "Billing")],
    )
    true_of_old_data = "Breaches that are known of remain."


CONTRACTS = (
    TestSla, TestTarget, TestSpike, TestStale, TestNoTickets, TestCsat, TestVip, TestFlood,
)  # fmt: skip


def test_every_builtin_keeps_the_contract():
    assert {contract.rule for contract in CONTRACTS} == set(BUILTIN)


@pytest.mark.parametrize("rule", BUILTIN, ids=lambda rule: rule.name)
def test_every_builtin_is_content_with_an_empty_desk(rule):
    config = {"target": {"kpi": "csat", "below": 1}, "vip": {"tags": ["vip"]}}.get(rule.name, {})
    empty = HandDesk(sources={})
    assert list(rule(rule.Config(**config)).signals(empty)) == []
    never = HandDesk(sources=empty.sources).stale()
    assert list(rule(rule.Config(**config)).signals(never)) == []


# --- each test bites -------------------------------------------------------------------------


class Long(Rule):
    """A sound rule: tickets with a subject of more than some letters."""

    name = "long_subject"

    class Config(Rule.Config):
        """Settings."""

        letters: int = Field(default=3, description="How many are allowed.")
        key: SecretStr = Field(description="A secret.")

    def signals(self, desk):
        for one in desk.tickets({("desk", "1")}).values():
            long = len(one.subject) > self.config.letters
            condition = "unknown" if is_stale(desk, one.source) else "holds" if long else "clear"
            yield self.said(one, condition)

    def said(self, one, condition):
        return Signal(
            f"{one.source}/{one.id}", condition, "Long", "Too long.",
            parts=(Paragraph((Untrusted(one.subject),)),), labels={"source": one.source},
        )  # fmt: skip


class LongContract(RuleContract):
    rule = Long
    config: ClassVar = {"letters": 1, "key": "a-secret-of-tests"}
    desk = desk(NOW, all_tickets=TICKETS)


def failing(rule=Long, **attributes):
    """The names of the contract's tests that fail."""
    contract = type("Contract", (LongContract,), {"rule": rule, **attributes})()
    found = set()
    for name in dir(contract):
        if name.startswith("test_"):
            try:
                getattr(contract, name)()
            except pytest.fail.Exception:
                found.add(name.removeprefix("test_"))
    return found


def changed(**fields):
    """The rule, but what it says has other fields."""
    return type("Wrong", (Long,), {"said": lambda s, o, c: replace(Long.said(s, o, c), **fields)})


def made(function):
    return type("Wrong", (Long,), {"said": function})


def calls():
    """A rule that says something else each time, within one instance."""
    count = itertools.count()
    return made(lambda s, o, c: replace(Long.said(s, o, c), summary=str(next(count))))


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    letters: int = Field(default=3, description="How many are allowed.")


class Undescribed(Long.Config):
    letters: int = 3


class Doubled(Long):
    def signals(self, desk):
        yield from [*super().signals(desk)] * 2


class Forgetful(Long):
    def signals(self, desk):
        for signal in super().signals(desk):
            yield replace(signal, condition="holds") if signal.condition == "unknown" else signal


class Reassuring(Long):
    def signals(self, desk):
        for signal in super().signals(desk):
            yield replace(signal, condition="clear") if signal.condition == "unknown" else signal


class Objecting(Long):
    def mistakes(self, desk):
        return ["letters: too few"]


class Timed(Long):
    def signals(self, desk):
        for signal in super().signals(desk):
            yield replace(signal, subject=f"{signal.subject}/{desk.now}")


def test_a_sound_rule_passes():
    assert failing() == set()


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (type("Wrong", (Long,), {"name": "Long Subject"}), {"declares_itself"}),
        (type("Wrong", (Long,), {"Config": Undescribed}), {"declares_itself"}),
        (type("Wrong", (Long,), {"Config": Loose}), {"declares_itself"}),
        (changed(condition="clear"), {"finds_its_condition"}),
        (changed(condition="perhaps"), {"says_well_formed_things", "finds_its_condition"}),
        (changed(severity="loud"), {"says_well_formed_things"}),
        (changed(labels={"team": 3}), {"says_well_formed_things"}),
        (changed(since=at(NOW).replace(tzinfo=None)), {"says_well_formed_things"}),
        (calls(), {"is_deterministic"}),
        (Doubled, {"subjects_are_stable"}),
        (Timed, {"subjects_are_stable"}),
        (made(lambda s, o, c: replace(Long.said(s, o, c), title=o.subject)),
         {"customer_text_stays_closed"}),
        (made(lambda s, o, c: replace(Long.said(s, o, c), labels={"subject": o.subject})),
         {"customer_text_stays_closed"}),
        (made(lambda s, o, c: replace(Long.said(s, o, c), parts=(Paragraph((o.subject,)),))),
         {"customer_text_stays_closed"}),
        (made(lambda s, o, c: replace(
            Long.said(s, o, c), summary=f"See /?key={s.config.key.get_secret_value()}")),
         {"leaks_no_secret"}),
        (Forgetful, {"old_data_proves_nothing"}),
        (Reassuring, {"old_data_proves_nothing"}),
        (Objecting, {"knows_its_mistakes"}),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_noticed(rule, found):
    assert failing(rule) == found


def test_what_is_true_of_old_data_may_be_said():
    assert failing(Forgetful, true_of_old_data="It is about old data.") == set()
    assert failing(Reassuring, true_of_old_data="It is.") == {"old_data_proves_nothing"}


def test_settings_that_are_not_valid_are_named():
    with pytest.raises(pytest.fail.Exception, match=r"config is not valid for Long\.Config"):
        type("Contract", (LongContract,), {"config": {"letters": "x"}})().test_finds_its_condition()

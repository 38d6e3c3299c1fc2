"""What was promised, and what became of it. One row is a clock: an instance of a metric."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure, Ratio, Stock

BOOK = "SLA"
_CREDIT = "Credit goes to who replied, else to the assignee and team when the clock ended, or now."
_DECIDED = "end of a clock that was kept, breach of one that was not"
_POPULATION = (
    "Clocks that were kept or broken, also broken ones that still run. What runs in time, is "
    f"paused or was cancelled is out. {_CREDIT}"
)
_AT_ONCE = 1e-6
"""An active clock is broken once its due instant is over, and not before."""

PROMISES = (
    Measure(
        id="sla_attainment",
        title="SLA attainment",
        definition="Clocks that ended within their target out of all that did or broke it.",
        direction="higher",
        table="sla",
        share="met",
        time="decided_at",
        pending_s=_AT_ONCE,
        time_words=_DECIDED,
        population=_POPULATION,
        source="Chatwoot's hit / (hit + missed), by instance; exactly on the target is kept.",
        book=BOOK,
    ),
    Measure(
        id="sla_breaches",
        title="SLA breaches",
        definition="Clocks that broke their target.",
        direction="lower",
        table="sla",
        value="count(*)",
        filter="not met",
        time="decided_at",
        pending_s=_AT_ONCE,
        time_words="breach: when the target was reached, not when the answer came",
        population=_POPULATION,
        source="Zendesk help 4408832852122 (states of SLA targets).",
        book=BOOK,
    ),
    Measure(
        id="sla_overrun",
        title="SLA overrun",
        definition="By how much a clock was over its target when it ended, in its own time.",
        direction="lower",
        table="sla",
        each="over_s",
        filter="over_s is not null",
        time="ended_at",
        time_words="end of the clock",
        population=f"Broken clocks that ended. {_CREDIT}",
        source="Elapsed less target, as in Zammad's differences of escalations.",
        book=BOOK,
    ),
    Measure(
        id="sla_time_to_breach",
        title="Time to breach",
        definition="From the start of a clock to its breach, around the clock.",
        direction="higher",
        table="sla",
        each="to_breach_s",
        filter="not met",
        time="decided_at",
        pending_s=_AT_ONCE,
        time_words="breach",
        population=f"Broken clocks, also those that still run. {_CREDIT}",
        source="Breach and activation of Zendesk's ticket metric events.",
        book=BOOK,
    ),
    Measure(
        id="sla_tickets",
        title="Tickets with a verdict",
        definition="Tickets of which a clock was kept or broken.",
        table="sla",
        value="count(distinct ticket)",
        filter="met is not null",
        time="decided_at",
        pending_s=_AT_ONCE,
        time_words=_DECIDED,
        population=_POPULATION,
        source="Zendesk's attainment of whole policies.",
        book=BOOK,
    ),
    Measure(
        id="sla_tickets_kept",
        title="Tickets with every target kept",
        definition="Tickets of which no clock was broken and one at least was kept.",
        direction="higher",
        table="sla",
        value="count(distinct ticket) - count(distinct case when not met then ticket end)",
        filter="met is not null",
        time="decided_at",
        pending_s=_AT_ONCE,
        time_words=_DECIDED,
        population=_POPULATION,
        source="Zendesk's attainment of whole policies.",
        book=BOOK,
    ),
    Ratio(
        id="sla_ticket_attainment",
        title="SLA attainment by ticket",
        definition="Tickets with every target kept out of tickets with a verdict.",
        direction="higher",
        numerator="sla_tickets_kept",
        denominator="sla_tickets",
        proportion=True,
        time_words=_DECIDED,
        population=_POPULATION,
        source="Zendesk shows targets and policies apart; this is the policy's side.",
        book=BOOK,
    ),
    Stock(
        id="sla_open",
        title="Open SLA clocks",
        definition="Clocks that run or are paused now.",
        table="sla",
        filter="ended_at is null and state <> 'not_started'",
        starts="started_at",
        time_words="now",
        population="Agent and team are those of today.",
        source="The states active, paused and breached of SLA targets.",
        book=BOOK,
    ),
)

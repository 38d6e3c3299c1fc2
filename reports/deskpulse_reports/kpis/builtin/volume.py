"""How much came in and how much was resolved."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

VOLUME = (
    Measure(
        id="submissions",
        title="Submissions",
        definition="Tickets created.",
        table="tickets",
        value="count(*)",
        time="created_at",
        time_words="ticket creation",
        population="Every ticket, whoever began it. Agent and team are those of today.",
        source=(
            "Common practice: creations per local day; a merged duplicate is not counted, as on "
            "Freshdesk's metrics page."
        ),
    ),
    Measure(
        id="resolutions",
        title="Resolutions",
        definition="Tickets whose last resolution falls into the period.",
        table="tickets",
        value="count(*)",
        filter="resolved_at is not null",
        time="resolved_at",
        time_words="last resolution",
        population=(
            "Tickets resolved now; one that was reopened and is open again does not count. Credit "
            "goes to the agent and team at the resolution."
        ),
        dimensions={"agent": "resolved_agent_id", "team": "resolved_team_id"},
        source="Zendesk's definition of solved tickets: last solve, closing alone moves nothing.",
    ),
)

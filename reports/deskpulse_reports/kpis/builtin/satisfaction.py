"""What customers say, and how many say something."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

_CREDIT = "Credit goes to the assignee and team when the survey was sent."

SATISFACTION = (
    Measure(
        id="csat",
        title="Customer satisfaction",
        definition="Good ratings out of all ratings.",
        direction="higher",
        table="surveys",
        share="good",
        filter="survey = 'csat'",
        time="answered_at",
        time_words="rating",
        population=(
            "Answered surveys only: a survey sent and not answered is no bad rating. Good is the "
            f"top of a two-step scale and the top two of 1 to 5. {_CREDIT}"
        ),
        source="Zendesk's satisfaction score, good / (good + bad); top two of five as in Chatwoot.",
    ),
    Measure(
        id="csat_response_rate",
        title="CSAT response rate",
        definition="Surveys answered out of surveys sent.",
        direction="higher",
        table="surveys",
        share="answered_at is not null",
        filter="survey = 'csat' and sent_at is not null",
        time="sent_at",
        time_words="sending of the survey",
        population=f"Surveys sent. {_CREDIT}",
        source="Fivetran's dbt_zendesk ticket summary: rated / (offered + good + bad).",
    ),
)

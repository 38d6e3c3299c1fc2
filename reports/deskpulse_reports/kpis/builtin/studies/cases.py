"""The unsolved tickets, one a row: effort so far, last response, what the account is worth."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from datetime import date

from deskpulse_reports.analysis import effort
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

COLUMNS = (
    "ticket", "source", "created_day", "age_s", "status", "priority", "agent", "team", "account",
    "account_value", "currency", "effort", "level", "since_response_s", "waiting_s",
)  # fmt: skip


def open_cases(study: Study) -> Table:
    """Unsolved tickets by creation, oldest first, at most `limit`.

    Effort is the agents' activities so far; its level compares with tickets resolved in the last
    90 days and is null where these are fewer than 30. Unknown values are null, never 0.
    """
    own = (
        "(SELECT source, ticket_id, COUNT(*) AS effort FROM activities "
        "WHERE counted AND actor_role = 'agent' GROUP BY 1, 2)"
    )
    unsolved = (
        f"(SELECT *, {study.day('created_at')} AS day FROM tickets "
        "WHERE counted AND status IN ('new', 'open', 'pending', 'on_hold') "
        "AND created_at IS NOT NULL)"
    )
    found = study.rows(
        f"SELECT t.ticket_id, t.source, t.day, t.created_at, t.status, "
        "t.priority, t.agent_id, t.team_id, t.account_id, a.value, a.currency, "
        "COALESCE(e.effort, 0), t.last_response_at, t.waiting_since "
        f"FROM {unsolved} AS t LEFT JOIN {own} AS e USING (source, ticket_id) "
        "LEFT JOIN accounts AS a ON a.source = t.source AND a.account_id = t.account_id "
        "ORDER BY t.created_at, t.source, t.ticket_id "
        f"LIMIT {max(int(study.parameters['limit']), 0)}"
    )
    levels = _levels(study)
    rows = tuple(
        (ticket, source, date.fromordinal(day).isoformat(), _passed(study, created), status,
         priority, agent, team, account, value, currency, done,
         levels.level(float(done)) if levels else None, _passed(study, response),
         _passed(study, waiting))
        for ticket, source, day, created, status, priority, agent, team, account, value, currency,
        done, response, waiting in found
    )  # fmt: skip
    seconds = ("age_s", "since_response_s", "waiting_s")
    return Table(columns=COLUMNS, rows=rows, units=dict.fromkeys(seconds, "seconds"))


def _levels(study: Study) -> effort.Terciles | None:
    found = study.rows(
        f"SELECT {study.day('resolved_at')}, agent_activities FROM tickets "
        "WHERE counted AND resolved_at IS NOT NULL"
    )
    resolved = ((date.fromordinal(day), done) for day, done in found)
    return effort.terciles(resolved, study.today)


def _passed(study: Study, since: int | None) -> float | None:
    return None if since is None else (study.now - since) / 1_000_000

"""The columns of every fact table: the contract between derive, the mart and the KPIs.

Instants (`..._at`, `..._since`) are whole microseconds since 1970-01-01T00:00Z. Durations are
seconds: `..._s` by the calendar clock, `..._business_s` by the ticket's business calendar. Null
means undefined; 0 means measured and zero. No column depends on "now": a span that still runs is
stored as its start and its calendar's open seconds at that start (`..._open_s`), and the query adds
the rest up to `as_of`.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from deskpulse_reports.facts import record_schema as records

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

KEY: Schema = {"source": pl.String, "ticket_id": pl.String}

DIMENSIONS: Schema = {
    "channel": pl.String,
    "brand": pl.String,
    "priority": pl.String,
    "kind": pl.String,
    "reason": pl.String,
    "language": pl.String,
    "tags": pl.List(pl.String),
    "customer_id": pl.String,
    "account_id": pl.String,
    "account_tier": pl.String,
    "initiated_by": pl.String,  # customer | agent | system
}
"""What a ticket is; repeated on the rows of every table, so that a KPI is one scan."""

CLOCKED = (
    "first_reply",  # creation to the first public reply of a person, not the creation message
    "first_resolution",  # creation to the first resolution
    "full_resolution",  # creation to the last resolution; null while unsolved
    "human_response",  # last bot handoff, reopening or creation to the next human public reply
    "requester_wait",  # new + open + on_hold, finished spans only
    "agent_wait",  # pending, finished spans only
    "on_hold",  # on_hold, finished spans only
    "agent_work",  # new + open, finished spans only
)
"""Durations of a ticket; each is a pair of columns `X_s` and `X_business_s`."""

TICKETS: Schema = {
    **KEY,
    "created_at": pl.Int64,
    "updated_at": pl.Int64,
    "subject": pl.String,  # as the customer wrote it; null where privacy keeps it out
    "status": pl.String,
    **DIMENSIONS,
    "agent_id": pl.String,  # assignee now
    "team_id": pl.String,  # team now
    "calendar": pl.String,  # the business calendar used; "" is 24/7
    "counted": pl.Boolean,  # false: deleted, spam, merged or missing
    "removed_reason": pl.String,
    "removed_at": pl.Int64,
    "merged_into": pl.String,
    "first_reply_at": pl.Int64,
    "first_reply_agent_id": pl.String,  # who wrote it
    "first_reply_team_id": pl.String,  # the ticket's team at that moment
    "first_resolved_at": pl.Int64,
    "resolved_at": pl.Int64,  # the last resolution; null unless resolved now
    "resolved_agent_id": pl.String,  # assignee at that moment
    "resolved_team_id": pl.String,
    "closed_at": pl.Int64,
    **{f"{name}{clock}": pl.Float64 for name in CLOCKED for clock in ("_s", "_business_s")},
    "reply_waits": pl.Int32,  # how often the customer waited for a reply and the wait is over
    "total_reply_s": pl.Float64,  # these waits, summed; null without a first reply
    "total_reply_business_s": pl.Float64,
    "running_status": pl.String,  # the status that holds now
    "running_at": pl.Int64,  # since when
    "running_open_s": pl.Float64,  # the calendar's open seconds before running_at
    "agent_replies": pl.Int32,  # public messages of agents but the creation message
    "public_agent_comments": pl.Int32,
    "internal_notes": pl.Int32,
    "customer_messages": pl.Int32,
    "resolutions": pl.Int32,  # how often it became resolved
    "reopens": pl.Int32,
    "touch": pl.String,  # zero | one | two | multi; null unless resolved
    "waiting_since": pl.Int64,  # oldest public customer message without an answer; null: none
    "waiting_open_s": pl.Float64,  # the calendar's open seconds before waiting_since
    "last_response_at": pl.Int64,  # last public message of an agent
    "further_customer_messages": pl.Int32,  # public ones of the customer after the first reply
    "agents_involved": pl.Int32,  # agents who wrote a message, public or not
    "agent_activities": pl.Int32,  # rows of agents in `activities` up to the resolution, if any
    "first_assigned_at": pl.Int64,  # when an agent first held it; null: never
    "last_assigned_at": pl.Int64,  # when the last agent got it, before the resolution, if any
    "unassigned_s": pl.Float64,  # creation to first_assigned_at
    "unassigned_business_s": pl.Float64,
    "first_assignment_s": pl.Float64,  # first_assigned_at to resolved_at
    "first_assignment_business_s": pl.Float64,
    "last_assignment_s": pl.Float64,  # last_assigned_at to resolved_at
    "last_assignment_business_s": pl.Float64,
    "assignee_stations": pl.Int32,  # how often an agent got it, the first included
    "unique_assignees": pl.Int32,
    "group_stations": pl.Int32,  # how often a team got it, the first included
    "transfers": pl.Int32,  # moves from one team to another after first_assigned_at
    "escalations": pl.Int32,  # moves to an escalation team; without such teams, the transfers
    "escalated_at": pl.Int64,  # the first of these moves
    "next_contact_at": pl.Int64,  # the customer's next ticket in this source; null: none so far
    "next_same_reason_at": pl.Int64,  # the next one of the same reason (none is a reason, too)
    "logged_s": pl.Float64,  # worklogs, summed; null without any
    "handled_s": pl.Float64,  # handle times of its calls and chats, summed; null without any
    "bot_messages": pl.Int32,  # public messages of bots
    "handoffs": pl.Int32,  # from a bot to a person
    "first_handoff_at": pl.Int64,
    "bot_resolved": pl.Boolean,  # resolved without a public agent message; null without a bot
    "last_bot_message_at": pl.Int64,  # its last public message
    "bot_outcome": pl.String,  # person | confirmed | refused | unanswered | assumed; null: no bot
    "surveys_sent": pl.Int32,
    "surveys_answered": pl.Int32,
    "history": pl.String,  # where the facts come from: history | stated | observed
}
"""One row a ticket."""

REPLIES: Schema = {
    **KEY,
    "n": pl.Int32,  # 1, 2, ... within the ticket
    "started_at": pl.Int64,  # oldest unanswered public customer message after the first reply
    "ended_at": pl.Int64,  # null while it runs
    "ended_by": pl.String,  # reply | solved
    "s": pl.Float64,
    "business_s": pl.Float64,
    "started_open_s": pl.Float64,
    "agent_id": pl.String,  # who answered; for `solved` the assignee
    "team_id": pl.String,  # the ticket's team at the end
    "counted": pl.Boolean,
    "calendar": pl.String,
    **DIMENSIONS,
}
"""One row a next-reply instance."""

REACTIONS: Schema = {
    **KEY,
    "n": pl.Int32,  # 1, 2, ... within the ticket
    "started_at": pl.Int64,  # a public customer message that nobody has reacted to
    "ended_at": pl.Int64,  # null while nobody has
    "ended_by": pl.String,  # reply | assignment (to another) | archive | unknown: nobody is named
    "s": pl.Float64,  # null for unknown
    "business_s": pl.Float64,
    "started_open_s": pl.Float64,
    "agent_id": pl.String,  # who reacted
    "team_id": pl.String,  # the ticket's team until then
    "counted": pl.Boolean,
    "calendar": pl.String,
    **DIMENSIONS,
}
"""One row a reaction of the desk to the customer, awaited or done."""

STAGES: Schema = {
    **KEY,
    "n": pl.Int32,  # 1, 2, ... within the ticket
    "stage": pl.String,  # the status
    "started_at": pl.Int64,
    "ended_at": pl.Int64,  # null while it runs
    "s": pl.Float64,  # null while it runs
    "business_s": pl.Float64,
    "started_open_s": pl.Float64,
    "agent_id": pl.String,  # assignee during the span
    "team_id": pl.String,  # team during the span
    "unsolved": pl.Boolean,  # new, open, pending or on_hold, and not removed
    "enters": pl.Boolean,  # the span's start brings the ticket into the unsolved set
    "leaves": pl.Boolean,  # the span's end takes it out
    "resolves": pl.Boolean,  # the span's start is a resolution
    "resolved_at": pl.Int64,  # the ticket's, repeated
    "total_s": pl.Float64,  # on the first row of each stage: time in it up to resolved_at, summed
    "total_business_s": pl.Float64,
    "counted": pl.Boolean,
    "calendar": pl.String,
    **DIMENSIONS,
}
"""One row a span of constant status, assignee and team; spans tile [created, removed or now)."""

SURVEYS: Schema = {
    "source": pl.String,
    "survey_id": pl.String,
    "ticket_id": pl.String,
    "survey": pl.String,  # csat | nps | ces | cx | article | fcr
    "score": pl.Float64,
    "scale_min": pl.Float64,
    "scale_max": pl.Float64,
    "points": pl.Float64,  # the score; mirrored on its scale where a lower one is better
    "good": pl.Boolean,  # csat: top of a 0..1 scale, top two of 1..5; null unless answered
    "sent_at": pl.Int64,
    "answered_at": pl.Int64,
    "turned": pl.String,  # csat: good_to_bad | bad_to_good: the last change of an answer, if any
    "agent_id": pl.String,  # assignee when it was sent
    "team_id": pl.String,
    "counted": pl.Boolean,
    **DIMENSIONS,
}
"""One row a survey sent."""

INTERACTIONS: Schema = {
    "source": pl.String,
    "interaction_id": pl.String,
    "ticket_id": pl.String,  # null: without a ticket
    **DIMENSIONS,  # but channel is its own: voice | chat | social | email | sms
    "direction": pl.String,  # inbound | outbound
    "outcome": pl.String,  # answered | abandoned | missed | voicemail | callback
    "started_at": pl.Int64,  # queued, else answered, else ended
    "queued_at": pl.Int64,
    "answered_at": pl.Int64,
    "ended_at": pl.Int64,
    "wait_s": pl.Float64,  # stated, else queued to answered (to ended, if never answered)
    "talk_s": pl.Float64,  # stated, else answered to ended without hold
    "hold_s": pl.Float64,
    "wrap_up_s": pl.Float64,
    "handle_s": pl.Float64,  # talk + hold + wrap-up of what was answered; null without talk
    "in_hours": pl.Boolean,  # whether the calendar was open at started_at
    "calendar": pl.String,  # the ticket's, else its team's or source's; "" is 24/7
    "agent_id": pl.String,
    "team_id": pl.String,
    "flawed": pl.Boolean,  # a duration was negative or no number, and is null
    "counted": pl.Boolean,
}
"""One row a call or chat. `customer_id` is its own, else the ticket's; `initiated_by` follows the
direction, else the ticket."""

ACTIVITIES: Schema = {
    **KEY,  # ticket_id is null for a worklog or call without a ticket
    "activity_id": pl.String,  # of the worklog or interaction; null for messages and changes
    "type": pl.String,  # public_reply | internal_note | chat_message | call_in | call_out |
    # assignment | status_change | field_change | time_entry
    "field": pl.String,  # which field a change changed
    "acted_at": pl.Int64,
    "agent_id": pl.String,  # who did it
    "team_id": pl.String,  # the ticket's team at that moment
    "actor_role": pl.String,  # agent | bot | system; null: a change that names nobody
    "spent_s": pl.Float64,  # of time entries
    "before_resolution": pl.Boolean,  # from creation to resolved_at; null while unresolved
    "resolved_at": pl.Int64,  # the ticket's, repeated
    "flawed": pl.Boolean,  # spent_s was negative or no number, and is null
    "counted": pl.Boolean,
    **DIMENSIONS,
}
"""One row an event that somebody on the desk's side caused, not the customer.

Several chat messages of one author in a row are one event. What was set as the ticket was created
is no event, an automatic message is the system's, a call counts for the agent who took or made it.
"""

SLA: Schema = {
    **KEY,
    "ticket": pl.String,  # SOURCE/ID, to count tickets
    "metric": pl.String,  # what is limited: first_reply_time, total_resolution_time, ...
    "n": pl.Int32,  # 1, 2, ... within the ticket and metric
    "policy": pl.String,  # config/NAME, or SOURCE/ID of a vendor's policy
    "target_s": pl.Float64,
    "clock": pl.String,  # business | calendar: what target_s, elapsed_s and over_s are counted in
    "state": pl.String,  # active | paused | achieved | breached | cancelled | not_started
    "running": pl.Boolean,  # active, or breached and still waiting for its end
    "started_at": pl.Int64,
    "standing_at": pl.Int64,  # when it last began to run or pause, or ended
    "elapsed_s": pl.Float64,  # up to standing_at
    "due_at": pl.Int64,  # when the target is reached if nothing stops the clock; null: it stands
    "breached_at": pl.Int64,
    "ended_at": pl.Int64,
    "ended_by": pl.String,  # reply, solved, policy, spam ...; of a paused one the status
    "met": pl.Boolean,  # achieved: true; breached: false; active: false, from decided_at on
    "decided_at": pl.Int64,  # end of what was achieved, breach, or when an active one will break
    "over_s": pl.Float64,  # elapsed_s - target_s of a breached clock that ended
    "to_breach_s": pl.Float64,  # started_at to breached_at, or to due_at; calendar time
    "team_id": pl.String,  # team when it ended, or now
    "agent_id": pl.String,  # who replied, else the assignee when it ended, or now
    "counted": pl.Boolean,
    "calendar": pl.String,  # by which the clock runs; "" is 24/7
    **DIMENSIONS,  # but priority is the one that the target is for
}
"""One row an SLA clock: an instance of a metric that a policy has a target for."""

TABLES: Mapping[str, Schema] = {
    "tickets": TICKETS,
    "replies": REPLIES,
    "reactions": REACTIONS,
    "stages": STAGES,
    "surveys": SURVEYS,
    "interactions": INTERACTIONS,
    "activities": ACTIVITIES,
    "sla": SLA,
    "orders": records.ORDERS,
    "subscriptions": records.SUBSCRIPTIONS,
    "usage": records.USAGE,
    "measurements": records.MEASUREMENTS,
    "accounts": records.ACCOUNTS,
    "customers": records.CUSTOMERS,
    "agents": records.AGENTS,
    "teams": records.TEAMS,
    "days": records.DAYS,
}
VERSION = 7
"""Raised whenever derive gives other facts for the same history: then all are derived anew."""

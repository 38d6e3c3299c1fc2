"""Whose message counts as a reply, and from when a ticket waits for one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from deskpulse_reports.reconcile.case import Case
from deskpulse_reports.reconcile.cause import Supposition

REPLYING = frozenset({"first_reply", "human_response", "agent_replies", "public_agent_comments"})
_AGENT = pl.lit("agent")
_TICK = 1
"""A microsecond: late enough not to be the message that made the ticket."""


def _with_messages(case: Case, changed: pl.Expr, label: str, **columns: pl.Expr) -> Case:
    """The case with `columns` set on the messages where `changed`; only the tickets of those.

    The expressions see the messages with `created_at` and `requester_id` of their ticket.
    """
    messages = _with_ticket(case)
    touched = messages.filter(changed.fill_null(value=False))
    moved = messages.with_columns(
        pl.when(changed.fill_null(value=False)).then(to).otherwise(pl.col(name)).alias(name)
        for name, to in columns.items()
    )
    kept = moved.select(case.history.messages.columns)
    return case.only(touched).having(label, messages=kept)


def _with_ticket(case: Case) -> pl.DataFrame:
    about = case.history.tickets.select("created_at", "requester_id", ticket_id="id")
    return case.history.messages.join(about, on="ticket_id")


def _other_than_requester() -> pl.Expr:
    return pl.col("author_id").is_not_null() & pl.col("author_id").ne_missing(
        pl.col("requester_id")
    )


# --- private first reply -------------------------------------------------------------------------


def _notes_are_public(case: Case) -> Iterator[Case]:
    yield _with_messages(case, ~pl.col("public"), "", public=pl.lit(value=True))


PRIVATE_FIRST_REPLY = Supposition(
    name="private_first_reply",
    text="the vendor counts a private note as the first reply, as it does for tickets shared "
    "privately",
    hint="Ours counts public replies only; nothing is wrong.",
    suppose=_notes_are_public,
    families=frozenset({"first_reply", "human_response"}),
)

# --- bots ----------------------------------------------------------------------------------------


def _machines_are_agents(case: Case) -> Iterator[Case]:
    by_machine = pl.col("author_role").is_in(["bot", "system"])
    agent = {"author_role": _AGENT, "auto": pl.lit(value=False)}
    public = pl.col("public")
    yield _with_messages(
        case, public & (pl.col("author_role") == "bot"), "the bot's messages count", **agent
    )
    yield _with_messages(
        case, public & (by_machine | pl.col("auto")), "automatic messages count", **agent
    )


BOT_REPLY = Supposition(
    name="bot_reply",
    text="the vendor counts a bot or an automatic message as a reply",
    hint="Ours counts people only; take the bot's user out of the vendor's agents to agree.",
    suppose=_machines_are_agents,
    families=REPLYING,
)

# --- roles ---------------------------------------------------------------------------------------


def _roles_otherwise(case: Case) -> Iterator[Case]:
    roles = case.history.roles
    person = ["source", "person_id"]
    latest = roles.sort(pl.col("since").fill_null(-(2**62))).unique(
        person, keep="last", maintain_order=True
    )
    moved = roles.group_by(person).len().filter(pl.col("len") > 1)
    today = latest.join(moved, on=person, how="semi").rename({"role": "role_now"})
    known = case.history.messages.join(
        today, left_on=["source", "author_id"], right_on=person, how="semi"
    )
    yield case.only(known).having(
        "by the role that the author has today",
        roles=latest.with_columns(since=pl.lit(None, pl.Int64)),
    )
    acted = _acted_as_agent(case)
    ever = roles.filter(pl.col("role") == "agent").select(person="person_id", until=_ALWAYS)
    for seen in (
        pl.concat([acted, ever]).with_columns(until=_ALWAYS),
        acted.filter(pl.col("until") < _ALWAYS),
    ):
        lasting = dict(seen.group_by("person").agg(pl.col("until").max()).iter_rows())
        was = pl.col("sent_at") <= pl.col("author_id").replace_strict(
            lasting, default=None, return_dtype=pl.Int64
        )
        stated = pl.col("author_role").is_in(["bot", "system"]).fill_null(value=False)
        yield _with_messages(
            case,
            was & _other_than_requester() & ~stated,
            "its author worked as an agent then",
            author_role=_AGENT,
        )


_ALWAYS = pl.lit(2**62, pl.Int64)


def _acted_as_agent(case: Case) -> pl.DataFrame:
    """Who was an assignee or wrote notes, which only agents do: person, until (micros)."""
    changes = case.history.changes.filter(pl.col("field") == "assignee")
    notes = _with_ticket(case).filter(~pl.col("public") & _other_than_requester())
    parts = [
        notes.select(person="author_id", until="sent_at"),
        changes.select(person="new", until="changed_at"),
        changes.select(person="old", until=_ALWAYS),
        case.history.tickets.select(person="assignee_id", until=_ALWAYS),
    ]
    return pl.concat(parts).drop_nulls()


AUTHOR_ROLE = Supposition(
    name="author_role",
    text="the author's role differs: one side goes by the role at the time of the message, the "
    "other by the role of today",
    hint="The role history begins with the first sync; whoever left before it counts as what they "
    "are today. Records of kind `role` with `since` tell it right.",
    suppose=_roles_otherwise,
    families=REPLYING | {"customer_messages"},
)


def _others_are_agents(case: Case) -> Iterator[Case]:
    person = ~pl.col("author_role").is_in(["agent", "bot", "system"]).fill_null(value=False)
    yield _with_messages(
        case, pl.col("public") & person & _other_than_requester(), "", author_role=_AGENT
    )


OTHER_AUTHOR = Supposition(
    name="other_author",
    text="the vendor counts the message of somebody who is neither the requester nor, as far as "
    "we know, an agent",
    hint="Look at the author with `deskpulse ticket`; if it is an agent, state the role.",
    suppose=_others_are_agents,
    families=REPLYING,
)

# --- the first message ---------------------------------------------------------------------------


def _creation_is_a_reply(case: Case) -> Iterator[Case]:
    made = pl.col("sent_at") == pl.col("created_at")
    by_agent = made & _other_than_requester()
    yield _with_messages(
        case,
        by_agent,
        "the message that made the ticket counts",
        sent_at=pl.col("sent_at") + _TICK,
    )
    began = _with_ticket(case).filter(by_agent)
    silent = case.history.messages.with_columns(public=pl.lit(value=False))
    yield case.only(began).having("the ticket has no first reply there", messages=silent)


AGENT_CREATED = Supposition(
    name="agent_created",
    text="an agent opened the ticket, and the vendor treats that first message otherwise",
    hint="Ours begins at creation and waits for the next public reply; leave such tickets out "
    "with `--by initiated_by`.",
    suppose=_creation_is_a_reply,
    families=REPLYING,
)

# --- clock skew ----------------------------------------------------------------------------------


def _events_after_creation(case: Case) -> Iterator[Case]:
    early = pl.col("sent_at") < pl.col("created_at")
    yield _with_messages(
        case,
        early,
        "early messages count as sent at creation",
        sent_at=pl.col("created_at") + _TICK,
    )
    first = (
        _with_ticket(case)
        .filter(early)
        .group_by("ticket_id")
        .agg(first=pl.col("sent_at").min())
        .rename({"ticket_id": "id"})
    )
    tickets = (
        case.history.tickets.join(first, on="id")
        .with_columns(created_at="first")
        .select(case.history.tickets.columns)
    )
    yield case.having("the ticket begins with its first message", tickets=tickets)


CLOCK_SKEW = Supposition(
    name="clock_skew",
    text="something happened before the ticket's creation: two clocks disagree",
    hint="`deskpulse doctor` lists such tickets; set the clock of the system that writes them.",
    suppose=_events_after_creation,
)

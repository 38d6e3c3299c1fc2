"""Calls: how many were answered, and how long handling took. Seconds on the calendar clock."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Measure

BOOK = "Calls and chats"
_CALLS = "channel = 'voice' and coalesce(direction, 'inbound') = 'inbound'"
_OFFERED = f"{_CALLS} and outcome is not null and coalesce(in_hours, true)"
_ANSWERED = f"{_CALLS} and outcome = 'answered'"
_OFFERED_WORDS = "Inbound calls that reached the queue in business hours; outside has its own count"
_ANSWERED_WORDS = "Inbound calls that were answered. Outbound calls have their own figures."
_SPLIT = "Credit goes to the agent and team of the call; agent_handle_time splits one handed on."
_PARTS = "channel = 'voice' and direction = 'part'"
_PART_WORDS = "Parts of calls, one an agent, where the source tells of them (Zendesk Talk's legs)."


def _each(name: str, title: str, words: str, column: str, source: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction="lower",
        table="interactions",
        each=column,
        filter=f"{_ANSWERED} and {column} is not null",
        time_words="start of the call",
        population=f"{_ANSWERED_WORDS} {_SPLIT}",
        source=source,
        book=BOOK,
    )


def _mean(name: str, title: str, words: str, column: str, source: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        unit="seconds",
        direction="lower",
        table="interactions",
        value=f"avg({column})",
        filter=f"{_ANSWERED} and {column} is not null",
        time_words="start of the call",
        population=f"{_ANSWERED_WORDS} A mean: long calls count as long as they were. {_SPLIT}",
        source=source,
        book=BOOK,
    )


def _count(name: str, title: str, words: str, condition: str, who: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        table="interactions",
        value="count(*)",
        filter=condition,
        time_words="start of the call",
        population=f"{who}. {_SPLIT}",
        source="Offered, answered and missed calls, as in Aircall and Zendesk Talk.",
        book=BOOK,
    )


_AHT = "Cisco and AWS Connect: (talk + hold + after-call work) / handled calls."
_ACW = "Zendesk Talk's wrap_up_time; AWS Connect's after contact work time."
_ASA = "Cisco's average speed of answer: delay, queue and ring; time in menus is not in it."

CALLS = (
    _count("calls_offered", "Calls offered", "Inbound calls.", _OFFERED, _OFFERED_WORDS),
    _count(
        "calls_answered",
        "Calls answered",
        "Inbound calls that were answered.",
        f"{_OFFERED} and outcome = 'answered'",
        _OFFERED_WORDS,
    ),
    _count(
        "calls_missed",
        "Calls not answered",
        "Inbound calls that nobody answered: abandoned, missed, voicemail or call-back.",
        f"{_OFFERED} and outcome <> 'answered'",
        _OFFERED_WORDS,
    ),
    _count(
        "calls_out_of_hours",
        "Calls out of hours",
        "Inbound calls that came while the business calendar was closed.",
        f"{_CALLS} and not in_hours",
        "Inbound calls that began outside business hours, answered or not",
    ),
    Measure(
        id="answered_call_rate",
        title="Answered call rate",
        definition="Calls answered out of calls offered.",
        direction="higher",
        table="interactions",
        share="outcome = 'answered'",
        filter=_OFFERED,
        time_words="start of the call",
        population=f"{_OFFERED_WORDS}. {_SPLIT}",
        source="Aircall and Zendesk Talk: answered / offered.",
        book=BOOK,
    ),
    Measure(
        id="missed_call_rate",
        title="Missed call rate",
        definition="Calls not answered out of calls offered: what the answered rate leaves.",
        direction="lower",
        table="interactions",
        share="outcome <> 'answered'",
        filter=_OFFERED,
        time_words="start of the call",
        population=f"{_OFFERED_WORDS}. {_SPLIT}",
        source="Aircall and Zendesk Talk: 100 % less the answered rate.",
        book=BOOK,
    ),
    _each(
        "handle_time",
        "Handle time",
        "Talk, hold and after-call work of a call.",
        "handle_s",
        _AHT,
    ),
    _mean("aht", "Average handle time", "Mean of talk + hold + after-call work.", "handle_s", _AHT),
    _mean("average_talk_time", "Average talk time", "Mean talk time of a call.", "talk_s", _AHT),
    Measure(
        id="average_hold_time",
        title="Average hold time",
        definition="Time on hold per answered call, those without hold included.",
        unit="seconds",
        direction="lower",
        table="interactions",
        value="avg(coalesce(hold_s, 0))",
        filter=f"{_ANSWERED} and handle_s is not null",
        time_words="start of the call",
        population=f"{_ANSWERED_WORDS} {_SPLIT}",
        source="Sum of hold / answered calls: the part that feeds the average handle time.",
        book=BOOK,
    ),
    _mean(
        "average_wrap_up_time",
        "Average after-call work",
        "Mean time of work after a call.",
        "wrap_up_s",
        _ACW,
    ),
    _each("call_wait_times", "Wait for an answer", "Wait of an answered call.", "wait_s", _ASA),
    _mean(
        "call_wait_time",
        "Call wait time (ASA)",
        "Total wait of answered calls by their number; waits of abandoned calls are not in it.",
        "wait_s",
        _ASA,
    ),
    Measure(
        id="call_parts_taken",
        title="Calls taken part in",
        definition="Parts of calls that an agent took: a call handed on is one for each of them.",
        table="interactions",
        value="count(*)",
        filter=f"{_PARTS} and outcome = 'taken'",
        time_words="start of the part",
        population=f"{_PART_WORDS} It is no count of calls: calls_answered is.",
        source="Zendesk Explore: accepted agent legs.",
        book=BOOK,
    ),
    Measure(
        id="call_parts_missed_rate",
        title="Missed rings",
        definition="Rings that the agent did not answer or declined, out of all that reached one.",
        direction="lower",
        table="interactions",
        share="outcome = 'missed'",
        filter=_PARTS,
        time_words="start of the part",
        population=f"{_PART_WORDS} A call that rang at three agents is three.",
        source="Zendesk Explore: missed and declined agent legs / agent legs.",
        book=BOOK,
    ),
    Measure(
        id="agent_handle_time",
        title="Average handle time, by agent's part",
        definition="Mean of talk + hold + after-call work of one agent's part of a call.",
        unit="seconds",
        direction="lower",
        table="interactions",
        value="avg(talk_s + coalesce(hold_s, 0) + coalesce(wrap_up_s, 0))",
        filter=f"{_PARTS} and outcome = 'taken' and talk_s is not null",
        time_words="start of the part",
        population=f"{_PART_WORDS} Inbound and outbound. Each agent is credited with their own.",
        source="Cisco UCCE: a skill group's handle time counts a transferred call in each.",
        book=BOOK,
    ),
    Measure(
        id="outbound_handle_time",
        title="Average handle time, outbound",
        definition="Mean of talk + hold + after-call work of outbound calls.",
        unit="seconds",
        direction="lower",
        table="interactions",
        value="avg(handle_s)",
        filter="channel = 'voice' and direction = 'outbound' and handle_s is not null",
        time_words="start of the call",
        population=f"Outbound calls that were answered. {_SPLIT}",
        source=_AHT,
        book=BOOK,
    ),
)

"""Differences planted in the simulated Zendesk: its own numbers of a ticket go by other rules.

Each planter finds tickets that suit, and makes the simulator report them by the rule it is named
after; it is given how many at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from itertools import islice

from deskpulse_connectors.simulators.hours import local
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.simulators.zendesk.desk import MetricSet
from deskpulse_connectors.simulators.zendesk.ids import SYSTEM
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

Wrong = Callable[[MetricSet], MetricSet]
DONE = ("solved", "closed")
DURATIONS = (
    *("reply_time", "first_resolution_time", "full_resolution_time"),
    *("agent_wait_time", "requester_wait_time", "on_hold_time"),
)


class Planter:
    """Plants in one simulator; no ticket twice."""

    def __init__(self, simulator: ZendeskSimulator) -> None:
        self.simulator = simulator
        self.desk = simulator.desk
        self.used: set[int] = set()
        self.public: dict[int, list[tuple[int, int]]] = {}
        self.notes: dict[int, list[int]] = {}
        for at, _, ticket, author, public in self.desk.messages:
            if public:
                self.public.setdefault(ticket, []).append((at, author))
            elif author != SYSTEM:
                self.notes.setdefault(ticket, []).append(at)

    def plant(self, kind: str, most: int = 5) -> set[str]:
        """The ids of the tickets that are now reported by another rule."""
        suited: Iterator[tuple[Ticket, Wrong]] = getattr(self, kind)()
        fresh = ((each, wrong) for each, wrong in suited if each.id not in self.used)
        planted = set()
        for ticket, wrong in islice(fresh, most):
            self.used.add(ticket.id)
            self.simulator.misreport(ticket.id, wrong)
            planted.add(str(ticket.id))
        return planted

    # --- the rules ---------------------------------------------------------------------------

    def private_first_reply(self):
        for ticket in self.tickets():
            first = min(self.notes.get(ticket.id, []), default=None)
            if ticket.replies and first is not None and ticket.replies[0] - first > 120:
                yield ticket, self.replaced(reply_time=(ticket.created, first))

    def bot_reply(self):
        for ticket in self.tickets():
            bots = [at for at, who in self.public.get(ticket.id, []) if who == SYSTEM]
            if bots and bots[0] < min(ticket.replies, default=bots[0] + 999) - 60:
                counted = len(ticket.replies) + len(bots)
                reply = self.replaced(reply_time=(ticket.created, bots[0]))
                yield ticket, lambda made, n=counted, reply=reply: {**reply(made), "replies": n}

    def agent_created(self):
        for ticket in self.tickets():
            if ticket.data["submitter_id"] != ticket.data["requester_id"]:
                counted = len(ticket.replies) + 1
                reply = self.replaced(reply_time=(ticket.created, ticket.created))
                yield ticket, lambda made, n=counted, reply=reply: {**reply(made), "replies": n}

    def closed_vs_solved(self):
        for ticket in self.tickets():
            course = [status for _, status in ticket.stages]
            if course[-1] == "closed" and course.count("solved") == 1:
                span = (ticket.created, ticket.stages[-1][0])
                yield (
                    ticket,
                    self.replaced(first_resolution_time=span, full_resolution_time=span),
                )

    def solved_again(self):
        for ticket in self.tickets():
            solves = [at for at, status in ticket.stages if status == "solved"]
            if len(solves) > 1 and ticket.stages[-1][1] in DONE:
                yield ticket, self.replaced(full_resolution_time=(ticket.created, solves[0]))

    def reopened(self):
        for ticket in self.tickets():
            solves = [at for at, status in ticket.stages if status == "solved"]
            if solves and ticket.stages[-1][1] not in DONE:
                yield ticket, self.replaced(full_resolution_time=(ticket.created, solves[-1]))

    def no_calendar(self):
        for ticket in self.tickets():
            if len(ticket.stages) > 2:
                yield (
                    ticket,
                    lambda made: {
                        **made,
                        **{
                            f"{name}_in_minutes": {**both, "business": both["calendar"]}
                            for name, both in _durations(made)
                        },
                    },
                )

    def daylight_saving(self):
        name = "first_resolution_time_in_minutes"
        for ticket in self.tickets():
            solve = next((at for at, status in ticket.stages if status == "solved"), ticket.created)
            won = local(solve).utcoffset() - local(ticket.created).utcoffset()
            if won:
                by_the_wall = int(solve - ticket.created + won.total_seconds()) // 60
                yield (
                    ticket,
                    lambda made, minutes=by_the_wall: {
                        **made,
                        name: {**made[name], "calendar": minutes},
                    },
                )

    def stale(self):
        for ticket in self.tickets():
            half = len(ticket.stages) // 2
            if half > 1 and ticket.replies and ticket.stages[half - 1][0] > ticket.replies[0]:
                until = ticket.stages[half - 1][0]
                earlier = copy(ticket)
                earlier.stages = ticket.stages[:half]
                earlier.replies = [at for at in ticket.replies if at <= until]
                numbers = earlier.metric_set(self.hours)
                if numbers["replies"] < len(ticket.replies):
                    yield ticket, lambda _, numbers=numbers: numbers

    def minute_rounding(self):
        for ticket in self.tickets():
            spans = [
                (begin, end)
                for (begin, status), (end, _) in zip(ticket.stages, ticket.stages[1:], strict=False)
                if status in ("new", "open", "hold")
            ]
            each = sum((end - begin) // 60 for begin, end in spans)
            if sum(end - begin for begin, end in spans) - each * 60 >= 60:
                open_ = sum(self.hours.open_seconds(*span) // 60 for span in spans)
                yield (
                    ticket,
                    lambda made, both={"calendar": each, "business": open_}: {
                        **made,
                        "requester_wait_time_in_minutes": both,
                    },
                )

    def unknown(self):
        for ticket in self.tickets():
            if ticket.replies and ticket.replies[0] - ticket.created > 36_000:
                yield ticket, self.replaced(reply_time=(ticket.created, ticket.created + 1234 * 6))

    # --- what they share ---------------------------------------------------------------------

    @property
    def hours(self):
        return self.desk.hours

    def tickets(self) -> Iterator[Ticket]:
        """Those that are there, and that the agent who left had no part in."""
        for ticket in list(self.desk.tickets.values()):
            writers = {author for _, author in self.public.get(ticket.id, [])}
            if (
                ticket.deleted is None
                and ticket.merged_into is None
                and self.simulator.team.leaver not in writers
            ):
                yield ticket

    def replaced(self, **spans: tuple[int, int]) -> Wrong:
        """The metric set with these durations instead."""
        other = {
            f"{name}_in_minutes": {
                "calendar": (end - begin) // 60,
                "business": self.hours.open_seconds(begin, end) // 60,
            }
            for name, (begin, end) in spans.items()
        }
        return lambda made: {**made, **other}


def _durations(made: MetricSet):
    for name in DURATIONS:
        yield name, made[f"{name}_in_minutes"]

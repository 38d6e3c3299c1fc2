"""What customers said: the reviews that came in, and each bad one."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse.message import TicketLine, Tickets
from deskpulse.untrusted import Text
from deskpulse_reports import words
from deskpulse_reports.digest.tickets import Named


@dataclass(frozen=True, slots=True)
class Review:
    """A bad review; `comment` only where texts are kept."""

    ticket: Named
    comment: Text | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """How many good and bad ones came in, and some of the bad ones."""

    good: int = 0
    bad: int = 0
    listed: tuple[Review, ...] = ()


def reviews_part(reviews: Reviews) -> Tickets | None:
    """None when nobody said anything."""
    if not reviews.good and not reviews.bad:
        return None
    items = tuple(
        TicketLine(
            review.ticket.reference,
            review.ticket.subject if review.comment is None else review.comment,
            note="bad review" + (f", {review.ticket.owner}" if review.ticket.owner else ""),
            url=review.ticket.url,
        )
        for review in reviews.listed
    )
    title = f"New reviews: {words.number(reviews.good)} good, {words.number(reviews.bad)} bad"
    return Tickets(items, title=title, total=reviews.bad)

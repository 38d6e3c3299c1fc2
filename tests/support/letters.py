"""Letters as tests write them: one line each."""

from datetime import UTC, datetime, timedelta

from deskpulse_connectors.mail.headers import Headers
from deskpulse_connectors.mail.letter import Letter, read_letter
from deskpulse_connectors.mail.ours import Ours

T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DESK = "support@acme.example"
OURS = Ours(shared=frozenset({DESK}), team={"anna@acme.example": "Anna Berg"})


def letter(
    ident: str,
    hours: float = 0,
    sender: str = "Jane Doe <jane@mail.example>",
    to: str = DESK,
    subject: str = "Refund",
    answers: str = "",
    labels: tuple[str, ...] = (),
    ours: Ours = OURS,
    sent: bool = False,
    **more: str,
) -> Letter:
    """A letter `hours` after T0; `answers` are ids, as References; `more` are further fields."""
    fields = [
        ("From", sender),
        ("To", to),
        ("Subject", subject),
        ("Message-ID", f"<{ident}@x>"),
        *((name.replace("_", "-"), value) for name, value in more.items()),
    ]
    if answers:
        fields.append(("References", " ".join(f"<{each}@x>" for each in answers.split())))
    return read_letter(
        Headers(fields),
        id=ident,
        sent_at=T0 + timedelta(hours=hours),
        ours=ours,
        sent=sent,
        labels=frozenset(labels),
    )


def ours(ident: str, hours: float, **more) -> Letter:
    """A letter that Anna sent to Jane."""
    more = {"sender": "anna@acme.example", "to": "jane@mail.example", "sent": True, **more}
    return letter(ident, hours, **more)

"""A connector's quality card: ten rows, each checked by a program and by nothing else.

    from deskpulse.quality import card_of
    card = card_of(Acme)

The evidence is the class, its source, and its checkout: contract test, tape and page are looked for
beside the project's `pyproject.toml`. An installation without them (a wheel) leaves their rows
`unknown`. What cannot apply to a vendor is said in the class, with the reason:

    exempt = {"deletes": "Acme never deletes a ticket, it only closes it."}
"""

from deskpulse.quality.card import Answer, Card, Row, card_of
from deskpulse.quality.rows import QUESTIONS

__all__ = ["QUESTIONS", "Answer", "Card", "Row", "card_of"]

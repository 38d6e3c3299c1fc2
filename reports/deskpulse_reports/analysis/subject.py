"""What a subject is about: its words without the trimmings, as a set (WL11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from deskpulse_reports.analysis.stopwords import STOP_WORDS

LIMIT = 400
"""Characters of a subject that are read."""
LONGEST_WORD = 40
MOST_WORDS = 16
"""A question is asked within so many telling words; the rest of a longer subject is not read."""

# Reply and forward marks of mail programs by language, also numbered: Re[2]: AW(3):
_MARKS = (
    "re|aw|antw|antwort|antwoord|sv|vs|vb|rv|ref|res|resp|rif|r|i|fw|fwd|wg|wtr|tr|enc|doorst"
    "|odp|pd|ynt|ilt|回复|回覆|答复|答覆|转发|轉寄|返信|転送|답장|전달|תגובה|הועבר"
    "|رد|إعادة توجيه|πρθ|σχετ|отв|ответ|пересл"
)
_PREFIX = re.compile(rf"^(?:(?:{_MARKS})\s*(?:[\[(^]?\d+[\])]?)?\s*:|\[[^\[\]]{{0,40}}\])\s*")
# Addresses, ids such as AB-123, templates and markup
_NOT_WORDS = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|\b[a-z]{1,5}[-_/#.]\d[a-z0-9_./-]*|\{\{.*?\}\}|<[^<>]*>"
)
_AUTOMATIC = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autoreply"
    r"|undeliver|delivery status notification|mail delivery|returned mail|failure notice"
    r"|delivery (?:has )?failed|abwesen|automatische antwort|unzustellbar|nicht zugestellt"
    r"|absence du bureau|reponse automatique|message d'absence|non remis|fuera de (?:la )?oficina"
    r"|respuesta automatica|no se (?:ha )?entreg|afwezig|automatisch antwoord|onbestelbaar"
    r"|fuori (?:sede|ufficio)|risposta automatica|mancato recapito|resposta automatica"
    r"|fora do escritorio|ausencia temporaria|nao entregue"
)

# Scripts written without spaces between words: their letters count in pairs
_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII_WORD = re.compile("[a-z0-9]+")
_UNSPACED = re.compile(f"[{_PAIRED}]")
_RUNS = re.compile(f"[{_PAIRED}]+|[^{_PAIRED}]+")
# Accents (Latin, Greek, Cyrillic), Hebrew points, Arabic vowel signs: written or not, as one likes
_OPTIONAL = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")


def normal(subject: str) -> str:
    """Lower case, one form per letter, without accents and reply marks; at most `LIMIT` long."""
    text = unicodedata.normalize("NFKD", subject[:LIMIT]).casefold()
    text = unicodedata.normalize("NFKC", _OPTIONAL.sub("", text))[:LIMIT].strip()
    while (shorter := _PREFIX.sub("", text, count=1)) != text:
        text = shorter
    return text


def is_automatic(subject: str) -> bool:
    """Whether a machine wrote it: an out-of-office note or a bounce."""
    return bool(_AUTOMATIC.search(normal(subject)))


def fingerprint(subject: str | None) -> frozenset[str]:
    """The words that say what a subject is about.

    Reply marks, addresses, anything with a digit, punctuation and stop-words of seven languages
    are left out; texts in scripts without spaces give pairs of letters. Empty for a subject that
    says nothing (`Re: hello #123`).
    """
    if not subject:
        return frozenset()
    words = _words(_NOT_WORDS.sub(" ", normal(subject)))
    telling = (part for word in words for part in _parts(word) if part not in STOP_WORDS)
    return frozenset(islice(dict.fromkeys(telling), MOST_WORDS))


def _words(text: str) -> list[str]:
    """Runs of letters, their marks and digits."""
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text).split()


def _parts(word: str) -> Iterator[str]:
    """The word itself, or where letters are written without spaces, each two neighbours.

    What holds a digit is an id and is left out, and so are single letters (the l of l'accès).
    """
    for run in _RUNS.findall(word):
        pairs = _UNSPACED.match(run) and len(run) > 1
        for part in [run[n : n + 2] for n in range(len(run) - 1)] if pairs else [run]:
            letter = len(part) == 1 and not pairs and part.isascii()
            if len(part) <= LONGEST_WORD and not letter and not any(map(str.isdigit, part)):
                yield part

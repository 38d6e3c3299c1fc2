"""What a subject is about: its words without the trimmings, as a set (WL11)."""

from __future__ import annotations

import re
import unicodedata

from deskpulse_reports.analysis.stopwords import STOP_WORDS

LIMIT = 400
"""Characters of a subject that are read."""
LONGEST_WORD = 40

# Reply and forward marks of mail programs by language, also numbered: Re[2]: AW(3):
_MARKS = (
    "re|aw|antw|antwort|antwoord|sv|vs|vb|rv|ref|res|resp|rif|r|i|fw|fwd|wg|wtr|tr|enc|doorst"
    "|odp|pd|ynt|ilt|ed|bls|trs|vl|atb|回复|回覆|答复|答覆|转发|轉寄|返信|転送|답장|전달|תגובה|הועבר"
    "|رد|إعادة توجيه|πρθ|σχετ|отв|ответ|нa|пересл"
)
_PREFIX = re.compile(rf"^(?:(?:{_MARKS})\s*(?:[\[(^]?\d+[\])]?)?\s*[:：]|\[[^\[\]]{{0,40}}\])\s*")
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\{\{.*?\}\}|<[^<>]*>")
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
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
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
    words: set[str] = set()
    for word in _words(_NOT_WORDS.sub(" ", normal(subject))):
        unspaced = _UNSPACED.findall(word)
        for run in unspaced:
            words.update(run[n : n + 2] for n in range(len(run) - 1) if len(run) > 1)
            if len(run) == 1:
                words.add(run)
        for rest in _UNSPACED.split(word) if unspaced else (word,):
            if rest and len(rest) <= LONGEST_WORD and rest not in STOP_WORDS:
                words.add(rest)
    return frozenset(words)


def _words(text: str) -> list[str]:
    """Runs of letters and their marks; a run that holds a digit is an id and is left out."""
    spaced = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text)
    return [word for word in spaced.split() if not any(sign.isnumeric() for sign in word)]

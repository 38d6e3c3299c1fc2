"""What is left of a subject."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.stopwords import BY_LANGUAGE, STOP_WORDS
from deskpulse_reports.analysis.subject import LIMIT, MOST_WORDS, fingerprint, is_automatic, normal
from support.hostile import HOSTILE


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("How do I reset my password?", "reset password"),
        ("RE: Fwd: Re[2]: AW(3): password reset", "reset password"),
        ("[EXTERNAL] [Ticket] password RESET!!!", "reset password"),
        ("Password reset - order AB-123, #4711, 2025-06-02", "reset password order"),
        ("invoice INV_0042 / 550e8400-e29b-41d4-a716-446655440000", "invoice"),
        ("reset http://x.example/a?b for me@x.example www.x.example", "reset"),
        ("<b>reset</b> {{name}} password", "reset password"),
        ("Wo ist meine Bestellung?", "bestellung"),
        ("Rückerstattung für Größe", "ruckerstattung grosse"),
        ("Où est ma commande ?", "commande"),
        ("J'ai perdu l'accès", "perdu acces"),
        ("I can't log in, it doesn’t work", "log work"),
        ("¿Dónde está mi pedido?", "pedido"),
        ("Waar blijft mijn bestelling", "blijft bestelling"),
        ("Dov'è il mio ordine?", "ordine"),
        ("Onde está a minha encomenda?", "encomenda"),
        ("ＲＥ： ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("STRASSE Straße", "strasse"),
        ("Re: заказ не пришёл", "заказ не пришел"),
        ("रिफंड कब मिलेगा", "रिफंड कब मिलेगा"),
        ("لم يَصِل طلبي", "لم يصل طلبي"),
        ("환불 요청", "환불 요청"),
        ("回复：退款", "退款"),
        ("注文123が届かない", "注文 が届 届か かな ない"),
        ("iPhone が壊れた", "iphone が壊 壊れ れた"),
    ],
)
def test_the_words_that_tell(subject, words):
    assert fingerprint(subject) == set(unicodedata.normalize("NFKC", words).split())


@pytest.mark.parametrize("subject", [None, "", "Re:", "Re: Hello!", "#123", "?!", "Hilfe bitte"])
def test_some_subjects_tell_nothing(subject):
    assert fingerprint(subject) == frozenset()


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        ("Out of Office: Anna", True),
        ("Automatic reply: your ticket", True),
        ("AW: Abwesenheitsnotiz", True),
        ("Undeliverable: invoice", True),
        ("Réponse automatique : congés", True),
        ("Respuesta automática", True),
        ("Risposta automatica: ferie", True),
        ("Resposta automática", True),
        ("Automatisch antwoord: afwezig", True),
        ("Mail delivery failed: returning message to sender", True),
        ("My parcel was not delivered", False),
        ("Office chair is broken", False),
    ],
)
def test_bounces_and_absence_notes_are_known(subject, automatic):
    assert is_automatic(subject) is automatic


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_subjects_are_only_words(text):
    started = time.perf_counter()
    words = fingerprint(text)
    assert time.perf_counter() - started < 0.5
    assert len(words) <= MOST_WORDS
    assert all(word.isprintable() and " " not in word for word in words)
    assert len(normal(text)) <= LIMIT


@given(st.text(max_size=120))
def test_any_text_gives_the_same_words_again(text):
    words = fingerprint(text)
    assert fingerprint(f"Re: {text}") >= words or len(words) == MOST_WORDS
    assert not words & STOP_WORDS


@given(st.lists(st.sampled_from(["refund", "password", "invoice", "café"]), min_size=1))
def test_case_accents_and_order_are_irrelevant(words):
    one, other = " ".join(words), " ".join(reversed(words)).upper().replace("É", "E")
    assert fingerprint(one) == fingerprint(other)


def test_the_lists_are_small_normal_words():
    assert set(BY_LANGUAGE) == {"de", "en", "fr", "es", "nl", "it", "pt"}
    for listed in BY_LANGUAGE.values():
        words = listed.split()
        assert len(words) <= 150
        assert all(word == normal(word) for word in words)

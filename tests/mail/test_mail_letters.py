"""Who wrote to whom, read from headers as they come."""

import pytest

from deskpulse_connectors.mail.addresses import addresses
from deskpulse_connectors.mail.headers import Headers
from deskpulse_connectors.mail.ours import Ours
from support.letters import DESK, OURS, letter


@pytest.mark.parametrize(
    ("value", "email", "name"),
    [
        ("jane@mail.example", "jane@mail.example", ""),
        ("Jane <JANE@Mail.Example>", "jane@mail.example", "Jane"),
        ('"Doe, Jane" <jane@mail.example>', "jane@mail.example", "Doe, Jane"),
        ("=?utf-8?q?J=C3=A4ne?= <jane@mail.example>", "jane@mail.example", "Jäne"),
        ("=?unknown-8bit?q?J=E4ne?= <jane@mail.example>", "jane@mail.example", None),
        ("undisclosed-recipients:;", None, None),
        ("nobody", None, None),
        ("", None, None),
        ("a@" + "b" * 400 + ".example", None, None),
    ],
)
def test_addresses(value, email, name):
    found = addresses([value])
    assert [each.email for each in found] == ([email] if email else [])
    if name is not None:
        assert found[0].name == name


def test_fields_in_any_case_folded_and_repeated():
    headers = Headers(
        [
            ("REFERENCES", "<a@x>\r\n <b@x>"),
            ("references", "<c@x>"),
            ("subject", "=?UTF-8?B?R3LDvMOfZQ==?=\r\n =?UTF-8?B?IGF1cyBLw7Zsbg==?="),
        ]
    )
    assert headers.ids("References") == ["a@x", "b@x", "c@x"]
    assert headers.text("Subject") == "Grüße aus Köln"
    assert headers.ids("In-Reply-To") == []


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?utf-8?Q?Caf=E9_kaputt?=", "Caf\ufffd kaputt"),
        ("=?x-nobody-knows?Q?Hello_there=E9?= again", "Hello there\ufffd again"),
        ("Caf\u00e9 =?utf-8?Q?gr=C3=BC=C3=9Ft?=", "Caf\u00e9 grüßt"),
        ("=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("=?utf-8?B?44GT44KT44Gr?= =?utf-8?B?44Gh44Gv?=", "こんにちは"),
        ("50 =? 60", "50 =? 60"),
    ],
)
def test_a_wrong_charset_spoils_letters_and_not_the_subject(subject, read):
    assert Headers([("Subject", subject)]).text("Subject") == read


def test_in_reply_to_with_prose_around_it():
    headers = Headers([("In-Reply-To", 'Your message of "Mon" <a@x>')])
    assert headers.ids("In-Reply-To") == ["a@x"]


def test_the_nearest_parent_comes_last():
    read = letter("m3", answers="m1 m2", In_Reply_To="<m1@x>")
    assert read.references == ("m2@x", "m1@x")


def test_a_team_member_is_named_as_configured():
    read = letter("m", sender="A. B. <Anna@Acme.example>", to="jane@mail.example")
    assert (read.author.email, read.author.name, read.ours) == (
        "anna@acme.example",
        "Anna Berg",
        True,
    )


def test_behind_a_shared_address_the_delegate_is_named():
    read = letter("m", sender=DESK, to="jane@mail.example", sent=True, Sender="anna@acme.example")
    assert read.author.email == "anna@acme.example"
    alone = letter("m", sender=DESK, to="jane@mail.example", sent=True)
    assert (alone.author.email, alone.ours) == (DESK, True)


def test_what_the_mailbox_sent_is_ours_whatever_its_from():
    assert letter("m", sender="forgotten-alias@acme.example", sent=True).ours


def test_a_colleague_who_asks_is_a_customer_unless_the_domain_is_ours():
    colleague = "carl@acme.example"
    assert not letter("m", sender=colleague).ours
    domain = Ours(shared=frozenset({DESK}), domains=frozenset({"acme.example"}))
    assert letter("m", sender=colleague, ours=domain).ours


@pytest.mark.parametrize("field", ["X_Original_Sender", "Reply_To"])
def test_a_group_that_rewrites_the_sender_is_seen_through(field):
    read = letter("m", sender=f"'Jane Doe' via Support <{DESK}>", **{field: "jane@mail.example"})
    assert (read.author.email, read.author.name, read.ours) == (
        "jane@mail.example",
        "Jane Doe",
        False,
    )


def test_a_form_that_writes_for_a_customer():
    read = letter("m", sender="no-reply@shop.example", Reply_To="Jane <jane@mail.example>")
    assert (read.author.email, read.ours) == ("jane@mail.example", False)


def test_a_personal_reply_to_does_not_change_who_wrote():
    read = letter("m", Reply_To="other@mail.example")
    assert read.author.email == "jane@mail.example"


def test_a_letter_within_the_team_is_internal():
    assert letter("m", sender="anna@acme.example", to=DESK).internal
    assert not letter("m", sender="anna@acme.example", to=f"{DESK}, jane@mail.example").internal
    assert not letter("m").internal


@pytest.mark.parametrize("subject", ["Re: Refund", "RE: re: Refund", "AW: Refund", "Re[2]: Refund"])
def test_subjects_of_answers(subject):
    read = letter("m", subject=subject)
    assert (read.is_reply, read.topic) == (True, "refund")


def test_a_subject_that_only_begins_like_one():
    assert not letter("m", subject="Regarding: Refund").is_reply


def test_our_lists_by_name():
    assert OURS.runs("Support <support.acme.example>")
    assert OURS.runs("<SUPPORT.acme.example>")
    assert not OURS.runs("<support.acme.example.evil.example>")
    assert not OURS.runs("<other.example>")

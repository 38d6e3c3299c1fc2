"""Each test of the contract bites: one small fault, and the tests that must see it, no others."""

import inspect
import itertools
import json
import logging
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import ConfigDict, Field

from deskpulse import (
    AuthRejected,
    Connector,
    Page,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
    Ticket,
    stream,
)
from deskpulse.testing import Tape
from support.acme import (
    CONFIG,
    TAPE,
    TIES_TAPE,
    Acme,
    AcmeContract,
    Dated,
    DatedContract,
    answer,
    row,
    to_ticket,
)


def failures(contract: type, tmp_path) -> dict[str, str]:
    """The tests of a contract that fail, and what they say."""
    found = {}
    for name in sorted(dir(contract)):
        if not name.startswith("test_"):
            continue
        test = getattr(contract(), name)
        given = {}
        if "tmp_path" in inspect.signature(test).parameters:
            given["tmp_path"] = tmp_path / name
            given["tmp_path"].mkdir()
        try:
            test(**given)
        except pytest.skip.Exception:
            continue
        except (pytest.fail.Exception, Exception) as problem:
            found[name] = str(problem)
    return found


def of(connector: type[Connector], base: type = AcmeContract, **attributes: Any) -> type:
    return type("Contract", (base,), {"connector": connector, **attributes})


def acme(pull, *, parse=to_ticket, **attributes: Any) -> type[Acme]:
    """Acme with another `pull`."""
    pull.__name__ = "tickets"
    return type("Acme", (Acme,), {"tickets": stream(parse=parse)(pull), **attributes})


@pytest.mark.parametrize("contract", [AcmeContract, DatedContract])
def test_a_correct_connector_passes(contract, tmp_path):
    assert failures(contract, tmp_path) == {}


# --- pulls that are wrong -------------------------------------------------------------------


def ignores_the_cursor(self, cursor):
    yield from Acme.tickets(self, None)


def publishes_the_last_cursor_too_early(self, cursor):
    for page in Acme.tickets(self, cursor):
        yield Page(page.records, "c3")


def never_stops(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        cursor = body["next"]
        yield Page(body["tickets"], cursor)


def takes_no_rows_for_an_answer(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        cursor = body["next"]
        yield Page(body.get("tickets", []), cursor)
        if not body["more"]:
            return


def takes_anything_for_no_rows(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        cursor, rows = body["next"], body["tickets"]
        yield Page(rows if isinstance(rows, list) else [], cursor)
        if not body["more"]:
            return


def takes_no_more_for_the_end(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        cursor = body["next"]
        yield Page(body["tickets"], cursor)
        if not body.get("more"):
            return


def takes_no_cursor_for_a_cursor(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        cursor = body.get("next")
        yield Page(body["tickets"], cursor)
        if not body["more"]:
            return


def swallows_errors(self, cursor):
    try:
        yield from Acme.tickets(self, cursor)
    except Exception:
        return


def goes_round_the_shared_client(self, cursor):
    with httpx.Client(transport=TAPE.player(), base_url="https://acme.test") as client:
        while True:
            params = {} if cursor is None else {"after": cursor}
            body = client.get("/tickets", params=params).json()
            cursor = body["next"]
            yield Page(body["tickets"], cursor)
            if not body["more"]:
                return


def tries_bad_credentials_again(self, cursor):
    for last in (False, False, True):
        try:
            yield from Acme.tickets(self, cursor)
        except AuthRejected:
            if last:
                raise
        else:
            return


def calls_bad_credentials_unavailable(self, cursor):
    try:
        yield from Acme.tickets(self, cursor)
    except AuthRejected as problem:
        raise SourceUnavailable(problem.message) from None


def retries_by_itself(self, cursor):
    for last in (*([False] * 50), True):
        try:
            yield from Acme.tickets(self, cursor)
        except SourceUnavailable:
            if last:
                raise
        else:
            return


def does_not_wait(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor, give_up_on=(429,))
        if not isinstance(body["tickets"], list) or not isinstance(body["next"], str):
            raise SourceUnavailable("no rows")
        cursor = body["next"]
        yield Page(body["tickets"], cursor)
        if not body["more"]:
            return


def forgets_the_cursor_when_there_is_no_news(self, cursor):
    for page in Acme.tickets(self, cursor):
        yield Page(page.records, page.cursor if page.records else None)


def numbers_rows_by_their_place(self, cursor):
    number = itertools.count()
    for page in Acme.tickets(self, cursor):
        yield Page([{**raw, "id": f"row {next(number)}"} for raw in page.records], page.cursor)


READ = itertools.count()


def stamps_rows_when_they_are_read(self, cursor):
    for page in Acme.tickets(self, cursor):
        rows = [{**raw, "subject": f"read as number {next(READ)}"} for raw in page.records]
        yield Page(rows, page.cursor)


def gives_up_half_way_without_a_word(self, cursor):
    begun = False
    try:
        for page in Acme.tickets(self, cursor):
            yield page
            begun = True
    except SourceUnavailable as problem:
        if not begun or "JSON" in problem.message:
            raise


def takes_an_expired_token_for_the_end(self, cursor):
    begun = False
    try:
        for page in Acme.tickets(self, cursor):
            yield page
            begun = True
    except AuthRejected:
        if not begun:
            raise


def goes_home_when_it_must_wait(self, cursor):
    begun = False
    try:
        for page in Acme.tickets(self, cursor):
            yield page
            begun = True
    except RateLimited:
        if not begun:
            raise


def hides_the_end_of_the_process(self, cursor):
    try:
        yield from Acme.tickets(self, cursor)
    except SystemExit:
        return


def takes_a_row_twice_for_a_fault(self, cursor):
    known = set()
    for page in Acme.tickets(self, cursor):
        if known & {raw["id"] for raw in page.records}:
            raise SourceChanged("a row comes twice")
        known |= {raw["id"] for raw in page.records}
        yield Page(page.records, page.cursor)


def stops_at_a_short_page(self, cursor):
    pages = list(Acme.tickets(self, cursor))
    short = [number for number, page in enumerate(pages) if len(page.records) < 2]
    last = pages[short[0] if short else -1]
    for page in pages[: pages.index(last) + 1]:
        yield Page(page.records, pages[-1].cursor if page is last else page.cursor)


def passes_over_what_lacks_a_subject(self, cursor):
    for page in Acme.tickets(self, cursor):
        yield Page([raw for raw in page.records if "subject" in raw], page.cursor)


def miscounts(self, cursor):
    for page in Acme.tickets(self, cursor):
        yield Page(page.records, page.cursor, vendor_count=len(page.records) + 1)


def logs_its_key(self, cursor):
    logging.getLogger("acme").debug("signing with %s", self.config.api_key.get_secret_value())
    yield from Acme.tickets(self, cursor)


def shows_its_key_in_an_error(self, cursor):
    try:
        yield from Acme.tickets(self, cursor)
    except AuthRejected:
        key = self.config.api_key.get_secret_value()
        raise AuthRejected("401", hint=f"Is {key} still valid?") from None


def drops_the_last_page(self, cursor):
    """Looks whether there is more before it gives out what it has."""
    while True:
        body = self.get("/tickets", after=cursor)
        if not isinstance(body["tickets"], list) or not isinstance(body["next"], str):
            raise SourceChanged("tickets: rows or cursor are not what they were")
        if not body["more"]:
            return
        cursor = body["next"]
        yield Page(body["tickets"], cursor)


STRUCK = {
    "survives_a_kill_after_every_request",
    "weathers_a_failure_at_every_request",
    "survives_an_expired_token",
    "reads_every_retry_after",
}
EVERY_PULL = STRUCK | {
    "pulls_valid_records",
    "resumes_from_every_cursor",
    "caught_up_means_caught_up",
    "storing_twice_changes_nothing",
    "rows_may_come_twice",
    "rows_may_vanish",
    "no_row_is_quietly_passed_over",
    "every_row_is_handed_on",
    "heeds_the_vendors_count",
    "a_future_cursor_brings_nothing",
    "times_keep_their_offset",
    "times_survive_the_end_of_summer_time",
    "large_ids_stay_exact",
    "waits_when_told_to",
    "no_key_is_quietly_optional",
    "a_changed_shape_is_loud",
    "only_reads",
}
"""Tests that a pull which fails or never ends cannot pass."""

PULLS = [
    (ignores_the_cursor, {"resumes_from_every_cursor", "caught_up_means_caught_up"}),
    (publishes_the_last_cursor_too_early, {"resumes_from_every_cursor", *STRUCK}),
    (never_stops, EVERY_PULL),
    (takes_no_rows_for_an_answer, {"no_key_is_quietly_optional"}),
    (takes_anything_for_no_rows, {"a_changed_shape_is_loud"}),
    (takes_no_more_for_the_end, {"no_key_is_quietly_optional"}),
    (takes_no_cursor_for_a_cursor, {"no_key_is_quietly_optional"}),
    (
        swallows_errors,
        {
            "bad_credentials_are_not_retried",
            "gives_up_as_unavailable",
            "no_key_is_quietly_optional",
            "a_changed_shape_is_loud",
            *STRUCK - {"survives_a_kill_after_every_request"},
        },
    ),
    (
        goes_round_the_shared_client,
        {
            "bad_credentials_are_not_retried",
            "gives_up_as_unavailable",
            "waits_when_told_to",
        },
    ),
    (tries_bad_credentials_again, {"bad_credentials_are_not_retried"}),
    (calls_bad_credentials_unavailable, {"bad_credentials_are_not_retried"}),
    (retries_by_itself, {"gives_up_as_unavailable"}),
    (does_not_wait, {"waits_when_told_to", "reads_every_retry_after"}),
    (forgets_the_cursor_when_there_is_no_news, {"caught_up_means_caught_up"}),
    (drops_the_last_page, {"every_row_is_handed_on"}),
    (numbers_rows_by_their_place, {"resumes_from_every_cursor", *STRUCK}),
    (
        stamps_rows_when_they_are_read,
        {
            "resumes_from_every_cursor",
            "storing_twice_changes_nothing",
            "waits_when_told_to",
            "a_changed_shape_is_loud",
            *STRUCK,
        },
    ),
    (miscounts, EVERY_PULL),
    (logs_its_key, {"leaks_no_secret"}),
    (gives_up_half_way_without_a_word, {"weathers_a_failure_at_every_request"}),
    (takes_an_expired_token_for_the_end, {"survives_an_expired_token"}),
    (goes_home_when_it_must_wait, {"reads_every_retry_after"}),
    (hides_the_end_of_the_process, {"survives_a_kill_after_every_request"}),
    (takes_a_row_twice_for_a_fault, {"rows_may_come_twice"}),
    (stops_at_a_short_page, {"rows_may_vanish"}),
    (passes_over_what_lacks_a_subject, {"no_row_is_quietly_passed_over"}),
    (shows_its_key_in_an_error, {"leaks_no_secret"}),
]


@pytest.mark.parametrize(("pull", "expected"), PULLS, ids=[pull.__name__ for pull, _ in PULLS])
def test_a_wrong_pull_is_seen_by(pull, expected, tmp_path):
    found = failures(of(acme(pull)), tmp_path)
    assert {name.removeprefix("test_") for name in found} == expected, found


# --- parsers that are wrong -----------------------------------------------------------------


def naive(raw):
    return Ticket.read({"id": raw["id"], "created_at": raw["at"].removesuffix("Z")})


def unvalidated(raw):
    return Ticket.model_construct(id=raw["id"], created_at=raw["at"])


def impure(raw):
    return Ticket.read({"id": raw.pop("id"), "created_at": raw["at"]})


def moody(raw):
    return Ticket.read({"id": raw["id"], "created_at": raw["at"], "subject": str(next(READ))})


def presumptuous(raw):
    return Ticket.read({"id": raw["id"], "created_at": raw["at"], "source": "mine"})


def speechless(raw):
    return None


@pytest.mark.parametrize(
    ("parse", "seen_by", "said"),
    [
        (naive, "pulls_valid_records", "rejected"),
        (unvalidated, "pulls_valid_records", "ticket"),
        (impure, "pulls_valid_records", "not pure"),
        (moody, "pulls_valid_records", "not pure"),
        (presumptuous, "pulls_valid_records", "core sets itself"),
        (speechless, "pulls_valid_records", "holds no record"),
    ],
)
def test_a_wrong_parser_is_seen_by(parse, seen_by, said, tmp_path):
    def tickets(self, cursor):
        yield from Acme.tickets(self, cursor)

    found = failures(of(acme(tickets, parse=parse)), tmp_path)
    assert said in found[f"test_{seen_by}"]


def in_the_machines_zone(raw):
    return Ticket.read(
        {"id": raw["id"], "created_at": datetime.fromisoformat(raw["at"][:19]).astimezone()}
    )


def without_the_offset(raw):
    return Ticket.read({"id": raw["id"], "created_at": raw["at"][:19] + "Z"})


def by_the_wall_clock(raw):
    there = datetime.fromisoformat(raw["at"]).astimezone(ZoneInfo("Europe/Berlin"))
    wall = there.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=0)
    return Ticket.read({"id": raw["id"], "created_at": wall.astimezone(UTC)})


def through_a_float(raw):
    return Ticket.read({"id": int(float(raw["id"])), "created_at": raw["at"]})


def through_a_float_within_a_text(raw):
    return Ticket.read({"id": f"ticket:{int(float(raw['id']))}", "created_at": raw["at"]})


@pytest.mark.parametrize(
    ("parse", "seen_by"),
    [
        (in_the_machines_zone, {"times_keep_their_offset"}),
        (without_the_offset, {"times_keep_their_offset"}),
        (by_the_wall_clock, {"times_keep_their_offset", "times_survive_the_end_of_summer_time"}),
        (through_a_float, {"large_ids_stay_exact"}),
        (through_a_float_within_a_text, {"large_ids_stay_exact"}),
    ],
)
def test_a_wrong_value_is_seen_by_its_test_alone(parse, seen_by, tmp_path):
    def tickets(self, cursor):
        yield from Acme.tickets(self, cursor)

    found = failures(of(acme(tickets, parse=parse)), tmp_path)
    assert {name.removeprefix("test_") for name in found} == seen_by, found


# --- vendors that count, and cursors that name a time ------------------------------------------


def counted(*entries: Any) -> Tape:
    return Tape.of(
        [
            {**entry, "json": {**entry["json"], "count": len(entry["json"]["tickets"])}}
            for entry in entries
        ]
    )


COUNTED = counted(
    answer(None, [row(1), row(2)], "c1", more=True),
    answer("c1", [row(3), row(4)], "c2", more=False),
    answer("c2", [], "c2", more=False),
)


def with_the_count(self, cursor):
    while True:
        body = self.get("/tickets", after=cursor)
        if not isinstance(body["tickets"], list) or not isinstance(body["next"], str):
            raise SourceChanged("rows or cursor are not what they were")
        cursor = body["next"]
        yield Page(body["tickets"], cursor, vendor_count=int(body["count"]))
        if not body["more"]:
            return


def test_a_count_that_is_not_heeded_is_seen(tmp_path):
    assert failures(of(acme(with_the_count), tape=COUNTED), tmp_path) == {}
    (tmp_path / "deaf").mkdir()
    found = failures(of(Acme, tape=COUNTED), tmp_path / "deaf")
    assert "vendor_count" in found["test_heeds_the_vendors_count"]


def demands_rows_of_the_future(self, cursor):
    yield from Dated.tickets(self, cursor)
    if (cursor or "0") > "2027":
        raise IndexError("no rows")


def looks_back_from_now_until_it_meets_the_cursor(self, cursor):
    yield from Dated.tickets(self, cursor)
    while (cursor or "0") > "2027":
        self.get("/rows", since=cursor, after_id=0)


@pytest.mark.parametrize(
    "pull", [demands_rows_of_the_future, looks_back_from_now_until_it_meets_the_cursor]
)
def test_a_connector_that_stumbles_over_the_future_is_seen(pull, tmp_path):
    pull.__name__ = "tickets"
    wrong = type("Dated", (Dated,), {"tickets": stream(parse=to_ticket)(pull)})
    assert set(failures(of(wrong, DatedContract), tmp_path)) == {
        "test_a_future_cursor_brings_nothing"
    }


# --- connectors that write ---------------------------------------------------------------------


def marks_as_read(self, cursor):
    for page in Acme.tickets(self, cursor):
        self.post_query("/graphql", {"query": "mutation { markRead(ids: [1]) { ok } }"})
        yield page


def test_a_connector_that_writes_is_seen(tmp_path):
    mutation = {
        "method": "POST",
        "path": "/graphql",
        "sent": {"query": "mutation { markRead(ids: [1]) { ok } }"},
        "json": {"data": {}},
    }
    tape = Tape([*TAPE.exchanges, *Tape.of([mutation]).exchanges])
    found = failures(of(acme(marks_as_read), tape=tape), tmp_path)
    assert "changes something at the vendor" in found["test_only_reads"]


def test_any_method_but_get_and_post_writes():
    from deskpulse.testing.contract.reading import mutations
    from deskpulse.testing.tape import Exchange

    question = Exchange("POST", "/graphql", sent='{"query": "# all\\n query { orders { id } }"}')
    assert not mutations(question)
    assert not mutations(Exchange("POST", "/search", sent="status:open"))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("mutation { markRead(ids: [1]) { ok } }", {"markRead"}),
        (
            "# quiet\nmutation M($a: In = {b: 1}) { x: close(a: $a) { id } tag { id } }",
            {"close", "tag"},
        ),
        ('mutation { say(text: "} query {") { ok } }', {"say"}),
        ('mutation { say(text: """ } " { """) { ok } }', {"say"}),
        ("query Q { orders { id } } mutation M { close { id } }", {"close"}),
        ("fragment F on Order { mutation } query Q { mutation { id } }", set()),
        ("mutation{...F} fragment F on Mutation { close }", {"F"}),
        ("{ orders { id } }", set()),
    ],
)
def test_mutations_are_found_wherever_they_stand(query, named):
    from deskpulse.testing.contract.reading import mutations
    from deskpulse.testing.tape import Exchange

    for sent in ({"query": query}, [{"query": "{ a }"}, {"query": query}]):
        assert mutations(Exchange("POST", "/graphql", sent=json.dumps(sent))) == named


def test_a_mutation_may_be_declared_harmless_with_a_reason(tmp_path):
    """One that begins an export, for instance; the others stay forbidden."""
    query = "mutation { markRead(ids: [1]) { ok } }"
    asked = {"method": "POST", "path": "/graphql", "sent": {"query": query}, "json": {"data": {}}}
    tape = Tape([*TAPE.exchanges, *Tape.of([asked]).exchanges])

    def failing(**harmless):
        folder = tmp_path / "".join([*harmless, *harmless.values()]).replace(" ", "-")
        folder.mkdir()
        return failures(of(acme(marks_as_read), tape=tape, harmless=harmless), folder)

    assert "test_only_reads" not in failing(markRead="It reads the answer to a question aloud.")
    assert "test_only_reads" in failing(markUnread="It reads the answer to a question aloud.")
    assert "needs a sentence" in failing(markRead="really")["test_exempts_with_a_reason"]


# --- exemptions --------------------------------------------------------------------------------


class TestExempted(AcmeContract):
    """Its `ties` would fail; its exemption says why that is right."""

    ties = ""
    exempt = {"test_reads_pages_of_ties": "Acme numbers its rows, so that no two are ever tied."}


@pytest.mark.parametrize(
    ("exempt", "said"),
    [
        ({"test_of_nothing": "There is no test of this name anywhere."}, "no test"),
        ({"test_only_reads": "because"}, "needs a sentence"),
    ],
)
def test_an_exemption_needs_a_test_and_a_reason(exempt, said, tmp_path):
    found = failures(of(Acme, exempt=exempt), tmp_path)
    assert said in found["test_exempts_with_a_reason"]


# --- declarations that are wrong ------------------------------------------------------------


class Undescribed(Acme.Config):
    extra_rows: int = 5


class Open(Acme.Config):
    model_config = ConfigDict(extra="allow")


class Plain(Connector.Config):
    url: str = Field(description="Address.")
    api_key: str = Field(description="Key.")


DECLARATIONS = [
    ({"name": "Not a name"}, "declares_itself", "'Not a name'"),
    ({"Config": Undescribed}, "declares_itself", "Config.extra_rows needs a description"),
    ({"Config": Open}, "declares_itself", "unknown keys"),
    ({"streams": lambda self: []}, "declares_itself", "no stream"),
    ({"Config": Plain}, "hides_its_secrets", "Config.api_key sounds like a secret"),
    ({"__repr__": lambda self: self.config.api_key.get_secret_value()}, "leaks_no_secret", "shows"),
    (
        {"warnings": lambda self: [self.config.api_key.get_secret_value()[::1]]},
        "leaks_no_secret",
        "shows",
    ),
]


@pytest.mark.parametrize(("attributes", "seen_by", "said"), DECLARATIONS)
def test_a_wrong_declaration_is_seen_by(attributes, seen_by, said, tmp_path):
    found = failures(of(type("Acme", (Acme,), attributes)), tmp_path)
    assert said in found[f"test_{seen_by}"]
    if attributes.get("streams") is None:
        assert len(found) == 1


# --- tapes and attributes that prove nothing ------------------------------------------------

ONE_PAGE = Tape.of([answer(None, [row(1)], "c1", more=False), answer("c1", [], "c1", more=False)])
NO_ROWS = Tape.of([answer(None, [], "c1", more=False), answer("c1", [], "c1", more=False)])
UNFINISHED = Tape.of([answer(None, [row(1)], "c1", more=True)])


@pytest.mark.parametrize(
    ("attributes", "seen_by", "said"),
    [
        ({"tape": ONE_PAGE}, "resumes_from_every_cursor", "record two or more"),
        ({"tape": NO_ROWS}, "pulls_valid_records", "holds no record"),
        (
            {"tape": UNFINISHED},
            "pulls_valid_records",
            "not on the tape: GET /tickets with after=c1",
        ),
        ({"config": {"url": "https://acme.test"}}, "pulls_valid_records", "config is not valid"),
        ({"config": {**CONFIG, "api_key": "short"}}, "hides_its_secrets", "invented secrets"),
        ({"ties": ""}, "reads_pages_of_ties", "set ties"),
        ({"ties": "no"}, "reads_pages_of_ties", "set ties"),
    ],
)
def test_what_proves_nothing_is_refused(attributes, seen_by, said, tmp_path):
    found = failures(of(Acme, **attributes), tmp_path)
    assert said in found[f"test_{seen_by}"]


# --- ties -----------------------------------------------------------------------------------


def skips_the_rest_of_an_instant(self, cursor):
    since = cursor or "0"
    while rows := self.get("/rows", since=since, after_id=0 if since == "0" else 99):
        since = rows[-1]["at"]
        yield Page(rows, since)


def asks_for_the_same_instant_again(self, cursor):
    while True:
        rows = self.get("/rows", since="0", after_id=0)
        yield Page(rows, rows[-1]["at"])


def stops_at_a_full_instant(self, cursor):
    rows = self.get("/rows", since="0", after_id=0)
    yield Page(rows, rows[-1]["at"])


@pytest.mark.parametrize(
    ("pull", "said"),
    [
        (skips_the_rest_of_an_instant, "not on the tape"),
        (asks_for_the_same_instant_again, "does it ever end"),
        (stops_at_a_full_instant, "never asked for"),
    ],
)
def test_a_connector_that_loses_ties_is_seen(pull, said, tmp_path):
    pull.__name__ = "tickets"
    wrong = type("Dated", (Dated,), {"tickets": stream(parse=to_ticket)(pull)})
    found = failures(of(wrong, DatedContract), tmp_path)
    assert said in found["test_reads_pages_of_ties"]


def test_a_connector_that_says_that_it_cannot_is_loud_enough(tmp_path):
    def gives_up(self, cursor):
        for page in Dated.tickets(self, cursor):
            if len({raw["at"] for raw in page.records}) == 1 and cursor is None:
                raise SourceChanged("more rows at one instant than a page holds")
            yield page

    gives_up.__name__ = "tickets"
    loud = type("Dated", (Dated,), {"tickets": stream(parse=to_ticket)(gives_up)})
    found = failures(of(loud, DatedContract, ties=TIES_TAPE), tmp_path)
    assert "test_reads_pages_of_ties" not in found


# --- streams that read back -----------------------------------------------------------------


def reads_back(self, cursor):
    """Reads the page before the cursor again, as a lookback does."""
    back = {"c1": None, "c2": "c1", "c3": "c2"}.get(cursor)
    yield from Acme.tickets(self, back)


def test_a_lookback_must_be_declared(tmp_path):
    connector = acme(reads_back)
    assert set(failures(of(connector), tmp_path)) == {
        "test_resumes_from_every_cursor",
        "test_caught_up_means_caught_up",
    }
    (tmp_path / "declared").mkdir()
    assert failures(of(connector, overlap={"tickets": 2}), tmp_path / "declared") == {}


def test_a_secret_in_another_spelling_is_a_leak_too():
    import base64

    from deskpulse.testing.contract.secrecy import holds

    secret = "s3cr3t/with+signs"
    assert holds(f"key {secret}", secret)
    assert holds("?key=s3cr3t%2Fwith%2Bsigns", secret)
    for user in ("a", "ab", "abc"):
        encoded = base64.b64encode(f"{user}:{secret}".encode()).decode()
        assert holds(f"authorization: Basic {encoded}", secret)
    assert not holds("key ***", secret)

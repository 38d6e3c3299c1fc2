"""A ticket of the export, field by field, and the traps of its shape."""

from datetime import UTC, datetime

import pytest

from deskpulse.errors import RecordRejected
from deskpulse.records import Ticket, Tombstone, VendorMetric
from deskpulse_connectors.zendesk.metrics import joined
from deskpulse_connectors.zendesk.tickets import Reading, to_ticket
from support.zendesk import READING, ticket


def read(raw, reading=READING):
    return list(to_ticket(raw, reading))


def only(raw, reading=READING):
    records = read(raw, reading)
    assert [type(each) for each in records] == [Ticket]
    return records[0]


def test_every_field_has_its_place():
    got = only(
        ticket(
            101,
            1767500000,
            generated_timestamp=1767500009,
            due_at="2026-02-01T00:00:00Z",
            organization_id=9,
        )
    )
    assert got.model_dump(exclude_defaults=True) == {
        "id": "101",
        "subject": "Printer on fire",
        "url": "https://acme.zendesk.com/agent/tickets/101",
        "status": "open",
        "priority": "normal",
        "kind": "incident",
        "channel": "email",
        "vendor_channel": "email",
        "tags": ["x"],
        "brand": "8",
        "requester_id": "1",
        "account_id": "9",
        "assignee_id": "2",
        "team_id": "3",
        "initiated_by": "customer",
        "created_at": datetime(2026, 1, 4, 4, 13, 20, tzinfo=UTC),
        "updated_at": datetime(2026, 1, 4, 4, 13, 20, tzinfo=UTC),
        "source_version": "1767500009",
        "due_at": datetime(2026, 2, 1, tzinfo=UTC),
    }


def test_the_version_is_generated_timestamp_not_updated_at():
    """System changes bump only generated_timestamp, so updated_at may be older than the start."""
    got = only(ticket(updated_at="2020-01-01T00:00:00Z", generated_timestamp=1767600000))
    assert got.source_version == "1767600000"


def test_ids_beyond_two_to_the_53_stay_exact():
    large = 2**53 + 1
    got = only(ticket(large, requester_id=large + 2, submitter_id=large + 2))
    assert (got.id, got.requester_id) == ("9007199254740993", "9007199254740995")


@pytest.mark.parametrize(
    ("vendor", "ours"),
    [
        ("new", "new"),
        ("open", "open"),
        ("pending", "pending"),
        ("hold", "on_hold"),
        ("solved", "solved"),
        ("closed", "closed"),
    ],
)
def test_statuses(vendor, ours):
    assert only(ticket(status=vendor, custom_status_id=26363643424159)).status == ours


def test_an_unknown_status_is_refused_by_name():
    with pytest.raises(RecordRejected, match=r"ticket 101: status: .*'on-fire'"):
        read(ticket(status="on-fire"))


@pytest.mark.parametrize("key", ["id", "status", "created_at", "generated_timestamp"])
def test_a_missing_key_refuses_only_this_ticket_and_is_named(key):
    raw = ticket()
    del raw[key]
    with pytest.raises(RecordRejected, match=f"{key} is missing"):
        read(raw)


@pytest.mark.parametrize("raw", [None, 5, "ticket", []])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(RecordRejected, match="allowed: an object"):
        read(raw)


@pytest.mark.parametrize("created", ["1969-12-31T00:00:00Z", "9999-12-31T00:00:00Z", "soon", None])
def test_impossible_times_are_refused(created):
    with pytest.raises(RecordRejected, match="created_at"):
        read(ticket(created_at=created))


def test_a_deleted_ticket_is_only_a_tombstone_so_its_last_status_stays():
    """Later it is scrubbed: the texts are gone, and only generated_timestamp moves."""
    deleted = ticket(status="deleted", updated_at="2026-01-03T00:00:00Z", metric_set=None)
    scrubbed = deleted | {"subject": "SCRUBBED", "generated_timestamp": 1799999999}
    for raw in (deleted, scrubbed):
        [stone] = read(raw)
        assert isinstance(stone, Tombstone)
        assert (stone.record, stone.id, stone.reason) == ("ticket", "101", "deleted")
        assert stone.gone_at == datetime(2026, 1, 3, tzinfo=UTC)


def test_a_merged_ticket_is_a_ticket_and_a_tombstone_that_does_not_know_where_to():
    got, stone = read(ticket(status="closed", tags=["x", "closed_by_merge"]))
    assert got.status == "closed"
    assert (stone.reason, stone.id, stone.into) == ("merged", "101", None)


def test_a_follow_up_names_the_ticket_it_follows():
    via = {"channel": "web", "source": {"rel": "follow_up", "from": {"ticket_id": 77}, "to": {}}}
    assert only(ticket(via=via)).custom == {"follow_up_of": "77"}


@pytest.mark.parametrize(
    ("via", "ours", "vendors"),
    [
        ({"channel": "native_messaging"}, "messaging", "native_messaging"),
        ({"channel": "whatsapp"}, "messaging", "whatsapp"),
        ({"channel": "mobile_sdk"}, "api", "mobile_sdk"),
        ({"channel": "twitter"}, "social", "twitter"),
        ({"channel": "voice"}, "voice", "voice"),
        ({"channel": "sample_ticket"}, "web", "sample_ticket"),
        ({"channel": "carrier_pigeon"}, "other", "carrier_pigeon"),
        ("Web form", "web", "web form"),
        ({"channel": None}, None, None),
        (None, None, None),
    ],
)
def test_channels(via, ours, vendors):
    got = only(ticket(via=via))
    assert (got.channel, got.vendor_channel) == (ours, vendors)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"submitter_id": 1, "requester_id": 1}, "customer"),
        ({"submitter_id": 2, "requester_id": 1}, "agent"),
        ({"submitter_id": -1}, "system"),
        ({"via": {"channel": "rule"}}, "system"),
        ({"submitter_id": None}, None),
    ],
)
def test_who_initiated_it(fields, expected):
    assert only(ticket(**fields)).initiated_by == expected


def test_custom_fields_by_their_configured_names_and_no_others():
    reading = Reading(
        desk="https://acme.zendesk.com",
        fields={"9": "reason", "10": "plan", "11": "language", "12": "parts", "13": "vip"},
        brands={"8": "Nike"},
    )
    got = only(
        ticket(
            custom_fields=[
                {"id": 9, "value": "refund"},
                {"id": 10, "value": 4},
                {"id": 11, "value": "de"},
                {"id": 12, "value": ["a", "b"]},
                {"id": 13, "value": False},
                {"id": 99, "value": "a secret nobody asked for"},
            ]
        ),
        reading,
    )
    assert (got.reason, got.language, got.brand) == ("refund", "de", "Nike")
    assert got.custom == {"plan": 4, "parts": "a, b", "vip": False}


def test_the_description_is_not_read_again_it_is_the_first_comment():
    assert "first comment text" not in str(only(ticket()).model_dump())


METRICS = {
    "ticket_id": 101,
    "replies": 2,
    "reopens": 0,
    "reply_time_in_minutes": {"calendar": 4, "business": 0},
    "first_resolution_time_in_minutes": {"calendar": None, "business": None},
    "full_resolution_time_in_minutes": None,
    "on_hold_time_in_minutes": {"calendar": 7, "business": 5},
}


def metrics(metric_set):
    records = read(ticket(metric_set=metric_set))[1:]
    assert all(isinstance(each, VendorMetric) for each in records)
    return {each.metric: (each.value_s, each.unit) for each in records}


def test_the_vendors_metrics_in_seconds_by_our_names_zero_is_not_null():
    assert metrics(METRICS) == {
        "first_reply_s": (240, "s"),
        "first_reply_business_s": (0, "s"),
        "on_hold_s": (420, "s"),
        "on_hold_business_s": (300, "s"),
        "agent_replies": (2, "count"),
        "reopens": (0, "count"),
    }


def test_messaging_replies_are_counted_in_seconds():
    exact = {**METRICS, "reply_time_in_seconds": {"calendar": 233}}
    assert metrics(exact)["first_reply_s"] == (233, "s")


def test_metrics_can_be_left_out():
    raw = ticket(metric_set=METRICS)
    assert len(read(raw, Reading(desk="", reconcile=False))) == 1


def test_metric_sets_beside_the_tickets_are_brought_to_them():
    rows = joined({"metric_sets": [METRICS]}, [ticket(101), ticket(102), "bad"])
    assert rows[0]["metric_set"] is METRICS
    assert "metric_set" not in rows[1]
    assert rows[2] == "bad"

"""Most requested features."""

from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.features import Request, most_requested


def test_ranked_by_customers_then_by_value():
    found = most_requested(
        [
            Request("1", "export", "anna", "acme", 500, "EUR"),
            Request("2", "export", "anna", "acme", 500, "EUR"),
            Request("3", "export", "bert", "acme", 500, "EUR"),
            Request("4", "dark mode", "carl", "blue", 900, "EUR"),
            Request("5", "dark mode", "dora", None, 100, "EUR"),
            Request("6", "sso", "emil", "corp", 9_000, "EUR"),
        ]
    )
    assert [(one.feature, one.customers, one.value, one.tickets) for one in found] == [
        ("dark mode", 2, 1000, 2),  # as many customers as export, worth more
        ("export", 2, 500, 3),  # the account counts once
        ("sso", 1, 9_000, 1),
    ]
    assert found[1].ticket_ids == (("", "1"), ("", "2"), ("", "3"))


def test_an_unknown_value_is_not_zero():
    (found,) = most_requested([Request("1", "x", "a"), Request("2", "x", "b", "acme")])
    assert (found.value, found.currency, found.unvalued) == (None, None, 2)
    (found,) = most_requested(
        [Request("1", "x", "a", value=float("nan")), Request("2", "x", "b", value=3)]
    )
    assert (found.value, found.unvalued) == (3, 1)


def test_currencies_are_not_added_up():
    (found,) = most_requested(
        [Request("1", "x", "a", "a", 5, "EUR"), Request("2", "x", "b", "b", 5, "USD")]
    )
    assert (found.value, found.currency, found.unvalued) == (None, None, 0)


def test_merged_tickets_follow_their_target():
    found = most_requested(
        [
            Request("1", "export", "anna"),
            Request("2", "sso", "bert", merged_into="1"),
            Request("3", None, "carl", merged_into="2"),
            Request("4", "sso", "dora", merged_into="999"),
            Request("5", "sso", "emil", merged_into="6"),
            Request("6", "sso", "fred", merged_into="5"),
        ]
    )
    assert [(one.feature, one.customers, one.tickets) for one in found] == [("export", 3, 1)]


def test_requests_without_a_feature_are_one_row_and_the_last_of_equals():
    found = most_requested([Request("1", None, "a"), Request("2", "x", "b")])
    assert [one.feature for one in found] == ["x", None]
    assert most_requested([]) == ()


REQUESTS = st.lists(
    st.builds(
        Request,
        ticket_id=st.integers(0, 12).map(str),
        feature=st.sampled_from(["x", "y", None]),
        customer_id=st.sampled_from(["a", "b", "c", None]),
        account_id=st.sampled_from(["A", "B", None]),
        value=st.sampled_from([None, 1.0, 5.0]),
        merged_into=st.sampled_from([None, None, "1", "2"]),
    ),
    unique_by=lambda one: one.ticket_id,
    max_size=13,
)


@given(REQUESTS, st.randoms(use_true_random=False))
def test_order_is_irrelevant_and_every_ticket_counts_once(requests, dice):
    found = most_requested(requests)
    assert sum(one.tickets for one in found) == sum(one.merged_into is None for one in requests)
    dice.shuffle(requests)
    assert most_requested(requests) == found
    stranger = Request("zz", "quite new", "someone")
    assert {one for one in most_requested([*requests, stranger]) if one.feature != "quite new"} == {
        *found
    }

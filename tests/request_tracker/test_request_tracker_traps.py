"""What a real Request Tracker does that is not what one expects: why the connector does as it does."""

import json

from support.request_tracker_source import Copy, later, source


def ids(answer):
    return [int(item["id"]) for item in answer["items"]]


def test_its_own_timestamps_lose_their_time_of_day_in_queries(rt_server, story):
    stamp = rt_server.find("/ticket/" + str(story["reopened"]))["LastUpdated"]
    assert stamp.endswith("Z")
    own = ids(rt_server.find("/tickets", query=f"LastUpdated > '{stamp}'"))
    assert story["reopened"] in own  # although it is not later than itself


def test_an_offset_in_a_query_changes_nothing(rt_server, story):
    def found(at):
        return ids(rt_server.find("/tickets", query=f"LastUpdated > '{at}'"))

    assert found("2026-11-02 20:00:00") == found("2026-11-02 20:00:00 +0000")
    # one hour east of UTC: what is written is read as if it were an hour earlier
    [(latest,)] = rt_server.rows("SELECT max(LastUpdated) FROM Tickets WHERE Status != 'deleted'")
    assert found(latest)
    assert found(latest[:11] + f"{int(latest[11:13]) + 1:02d}" + latest[13:]) == []


def test_equal_means_the_whole_day(rt_server, story):
    stamp = "2026-11-02 23:59:59"
    assert ids(rt_server.find("/tickets", query=f"Created = '{stamp}'"))


def test_more_than_a_hundred_rows_a_page_are_cut_silently(rt_server, story):
    answer = rt_server.find("/tickets", query="id > 0", per_page=500)
    assert answer["per_page"] == 100


def test_deleted_tickets_are_found_by_no_search(rt_server, story):
    ident = story["deleted"]
    assert ids(rt_server.find("/tickets", query=f"id = {ident} AND Status = 'deleted'")) == []
    assert rt_server.find(f"/ticket/{ident}")["Status"] == "deleted"


def test_merged_tickets_are_found_only_with_their_effective_id(rt_server, story):
    ident = story["merged"]
    assert ids(rt_server.find("/tickets", query=f"id = {ident}")) == []
    assert ids(rt_server.find("/tickets", query=f"id = {ident} AND EffectiveId > 0")) == [ident]
    assert rt_server.find(f"/ticket/{ident}")["Subject"] == "Printer on fire"


def test_a_filter_that_is_not_allowed_is_left_out_without_a_word(rt_server, story):
    query = json.dumps([{"field": "id", "operator": ">", "value": "999999"}])
    assert rt_server.find("/users", query=query)["count"] > 0


def test_pages_of_transactions_are_short_before_the_end_and_do_not_say_so(rt_server, story):
    query = "ObjectType = 'RT::Ticket'"
    answer = rt_server.find("/transactions", query=query, per_page=5)
    assert (answer["count"] < 5, answer["total"], answer["pages"]) == (True, None, None)
    assert "next_page" not in answer
    assert rt_server.find("/transactions", query=query, per_page=5, page=2)["count"] > 0


def test_never_is_the_beginning_of_1970(rt_server, story):
    assert rt_server.find(f"/ticket/{story['reopened']}")["Due"] == "1970-01-01T00:00:00Z"


def test_history_is_full_of_mails_that_rt_sent(rt_server, story):
    [(sent,)] = rt_server.rows("SELECT count(*) FROM Transactions WHERE Type = 'EmailRecord'")
    assert sent > 0
    with source(rt_server.url, token=rt_server.token) as connector:
        copy = Copy().pull(connector, "history")
    types = {r["Type"] for p in copy.pages["history"] for r in p.records if "Type" in r}
    assert types >= {"Create", "Correspond", "Comment", "Status", "Set", "AddLink"}
    assert not any("Email" in each for each in types)


def test_the_last_minute_waits_for_the_next_run(rt_server, story):
    [(newest,)] = rt_server.rows("SELECT max(id) FROM Transactions")
    rt_server.ask(
        "ann",
        "POST",
        f"/ticket/{story['moved']}/comment",
        json={"Content": "x", "ContentType": "text/plain"},
    )
    clock = later()
    clock.advance(-300)
    with source(rt_server.url, token=rt_server.token, clock=clock) as connector:
        now = Copy().pull(connector)
        clock.advance(120)
        then = Copy()
        then.cursors = dict(now.cursors)
        then.pull(connector)
    fresh = [int(ident) for ident in then.of("message") if int(ident) > newest]
    assert len(fresh) == 1
    assert str(fresh[0]) not in now.of("message")
    assert str(story["moved"]) in then.of("ticket")


def test_start_leaves_out_what_was_before(rt_server, story):
    [(first, created)] = rt_server.rows(
        "SELECT id, Created FROM Transactions WHERE ObjectType = 'RT::Ticket' ORDER BY id LIMIT 1"
    )
    dated = "UPDATE Transactions SET Created = ? WHERE id = ?"
    rt_server.change(dated, "2024-05-05 10:00:00", first)
    try:
        with source(rt_server.url, token=rt_server.token, start="2026-10-30") as connector:
            copy = Copy().pull(connector)
    finally:
        rt_server.change(dated, created, first)
    assert str(first) not in copy.of("message")
    assert copy.of("ticket")
    assert copy.of("message")

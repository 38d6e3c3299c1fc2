"""The whole pipeline, one subject at a time: what is told, what is not, and the reason that is kept."""

from datetime import timedelta

import pytest

from deskpulse.alerts.routing import Route
from deskpulse.alerts.silence import Silence
from deskpulse.untrusted import Untrusted
from support.alerting import plan, signal

H = timedelta(hours=1)
M = timedelta(minutes=1)


def test_it_fires_once_and_is_resolved_once(both):
    both(signal())
    both(signal())
    both(signal(condition="clear", outcome="late by 12 min"))
    both(signal(condition="clear"))
    assert both.team.kinds == ["firing", "resolved"]
    fired, resolved = both.team.got
    assert fired[1] is None
    assert resolved[1].address == {"n": "1", "at": "team"}
    assert fired[0].thread == resolved[0].thread != ""
    assert fired[0].key != resolved[0].key
    assert resolved[0].title == "Resolved: Ticket t1 waits"
    assert "Late by 12 min." in str(resolved[0].parts)
    assert [alert.state for alert in both.every()] == ["resolved"]
    assert both.why() == "resolved"


def test_what_clears_before_it_counts_is_never_told(bench):
    bench.use(holds_for=10 * M)
    bench(signal())
    assert bench.why() == "pending"
    bench.wait(minutes=9)
    bench(signal())
    bench(signal(condition="clear"))
    assert bench.team.got == []
    assert [(alert.state, alert.fired_at) for alert in bench.every()] == [("expired", None)]
    assert bench.why() == "never told"


def test_it_fires_when_it_has_held_long_enough(bench):
    bench.use(holds_for=10 * M)
    bench(signal())
    bench.wait(minutes=10)
    bench(signal())
    assert bench.team.kinds == ["firing"]


def test_the_rule_may_say_since_when(bench):
    bench.use(holds_for=10 * M)
    bench(signal(since=bench.now() - 10 * M))
    assert bench.team.kinds == ["firing"]


def test_a_dip_does_not_resolve_what_keeps_firing(bench):
    bench.use(keep_firing_for=5 * M)
    bench(signal())
    for condition in ("clear", "holds", "clear"):
        bench.wait(minutes=4)
        bench(signal(condition=condition))
    assert bench.team.kinds == ["firing"]
    bench.wait(minutes=5)
    bench(signal(condition="clear"))
    assert bench.team.kinds == ["firing", "resolved"]


def test_a_higher_rung_answers_in_the_same_thread(bench):
    def ladder(first, second):
        return (
            signal(level="75%", condition=first),
            signal(level="breach", condition=second, severity="critical"),
        )

    bench(*ladder("holds", "clear"))
    bench(*ladder("holds", "holds"))
    bench(*ladder("holds", "holds"))
    bench(*ladder("clear", "clear"))
    assert bench.team.kinds == ["firing", "firing", "resolved"]
    assert bench.team.messages[1].title == "Escalated: Ticket t1 waits"
    assert len({message.thread for message in bench.team.messages}) == 1
    assert [previous is None for _, previous in bench.team.got] == [True, False, False]


def test_a_lower_rung_says_nothing_beside_a_higher_one(bench):
    both_hold = (signal(level="75%"), signal(level="breach"))
    bench(*both_hold)
    assert len(bench.team.got) == 1
    bench(signal(level="75%"), signal(level="breach", condition="clear"))
    assert bench.team.kinds == ["firing", "update"]
    assert bench.team.messages[1].title.startswith("Eased")


# --- stale data -----------------------------------------------------------------------------


def test_stale_data_is_neither_a_breach_nor_an_all_clear(bench):
    bench(signal(condition="unknown"))
    assert bench.every() == []
    bench(signal())
    bench(signal(condition="unknown"))
    assert [alert.state for alert in bench.alerts()] == ["unknown"]
    assert bench.why() == "unknown"
    bench.wait(hours=5)
    bench(signal(condition="unknown"))
    bench(signal())
    assert bench.team.kinds == ["firing"]
    bench(signal(condition="clear"))
    assert bench.team.kinds == ["firing", "resolved"]


def test_time_that_nobody_saw_does_not_count(bench):
    bench.use(holds_for=30 * M)
    bench(signal())
    bench.wait(minutes=2)
    bench(signal(condition="unknown"))
    bench.wait(minutes=58)
    bench(signal())
    assert bench.team.got == []
    bench.wait(minutes=30)
    bench(signal())
    assert bench.team.kinds == ["firing"]


def test_time_that_nobody_saw_does_not_clear_either(bench):
    bench.use(keep_firing_for=10 * M)
    bench(signal())
    bench(signal(condition="clear"))
    bench(signal(condition="unknown"))
    bench.wait(minutes=20)
    bench(signal(condition="clear"))
    assert bench.team.kinds == ["firing"]


def test_every_message_says_up_to_when_data_is_complete(bench):
    bench(signal(complete_to=bench.now() - M))
    assert bench.team.messages[0].complete_to == bench.now() - M


# --- gone -----------------------------------------------------------------------------------


def test_what_is_cancelled_expires_and_ends_its_thread(bench):
    bench(signal())
    bench(signal(condition="gone", outcome="the ticket was deleted"))
    assert bench.team.kinds == ["firing", "resolved"]
    assert [alert.state for alert in bench.every()] == ["expired"]
    assert "The ticket was deleted." in str(bench.team.messages[1].parts)


def test_what_nobody_reports_any_more_expires(bench):
    bench(signal())
    bench.wait(hours=23)
    bench()
    assert bench.team.kinds == ["firing"]
    bench.wait(hours=1)
    bench()
    assert bench.team.kinds == ["firing", "resolved"]


def test_a_rule_that_is_taken_away_ends_its_alerts(bench):
    bench(signal())
    bench.plans = ()
    bench()
    assert bench.team.kinds == ["firing", "resolved"]
    bench()
    assert len(bench.team.got) == 2


# --- people ---------------------------------------------------------------------------------


def test_acknowledged_is_quiet_until_it_escalates(both):
    both.use(repeat_every=H)
    both(signal(level="75%"))
    [alert] = both.alerts()
    done = both.do("acknowledge_alert", alert.id, "Ann")
    assert (done.count, done.words) == (1, "Acknowledged: Ticket t1 waits")
    both(signal(level="75%"))
    assert both.team.kinds == ["firing", "update"]
    assert "Acknowledged by Ann." in str(both.team.messages[1].parts)
    for _ in range(5):
        both.wait(hours=2)
        both(signal(level="75%"))
    assert len(both.team.got) == 2
    assert both.why() == "attended"
    both(signal(level="75%"), signal(level="breach"))
    assert both.team.kinds == ["firing", "update", "firing"]


def test_a_snooze_ends(bench):
    bench(signal())
    [alert] = bench.alerts()
    bench.do("snooze_alert", alert.id, "Ann", bench.now() + H)
    bench(signal())
    bench(signal())
    assert bench.why() == "snoozed"
    bench.wait(minutes=59)
    bench(signal())
    assert bench.team.kinds == ["firing", "update"]
    bench.wait(minutes=1)
    report = bench()
    assert report.transitions == {"snooze over": 1}
    assert bench.team.kinds == ["firing", "update", "firing"]
    assert bench.team.messages[2].title == "Back from snooze: Ticket t1 waits"


def test_the_end_wins_over_a_late_acknowledgement(both):
    both(signal())
    [alert] = both.alerts()
    thread = both.team.messages[0].thread
    both(signal(condition="clear"))
    assert both.do("acknowledge_alert", alert.id, "Ann").count == 0
    assert both.do("acknowledge_thread", thread, "Ann").count == 0
    assert both.do("snooze_thread", thread, "Ann", both.now() + H).count == 0
    assert both.every()[0].state == "resolved"


def test_an_old_button_does_not_touch_a_new_episode(bench):
    bench(signal())
    old = bench.team.messages[0].thread
    bench(signal(condition="clear"))
    bench(signal())
    assert bench.do("acknowledge_thread", old, "Ann").count == 0
    new = bench.team.messages[2].thread
    assert bench.do("acknowledge_thread", new, "Ann").count == 1


def test_a_customers_words_stay_closed(bench):
    bench(signal(title=Untrusted("<!channel>")))
    [alert] = bench.alerts()
    assert "channel" not in bench.do("acknowledge_alert", alert.id, "Ann").words
    bench(signal(title=Untrusted("<!channel>"), condition="clear"))
    assert bench.team.messages[-1].title.open() == "Resolved: <!channel>"


def test_a_silence_holds_back_until_it_ends(both):
    quiet = Silence(0, {"team": ("5",)}, "Ann", "printers move", both.now(), both.now() + H)
    with both.store.writing() as connection:
        from deskpulse.alerts.actions import silence

        silence(connection, quiet)
    both(signal(labels={"team": "5"}), signal("t2", labels={"team": "6"}))
    assert [message.title for message in both.team.messages] == ["Ticket t2 waits"]
    assert both.why("t1") == "silenced"
    both.wait(hours=1)
    both()
    assert len(both.team.got) == 2


# --- repeats and time -----------------------------------------------------------------------


def test_it_is_repeated_so_often_and_no_more(bench):
    bench.use(repeat_every=4 * H, repeat_at_most=2)
    bench(signal())
    for _ in range(48):
        bench.wait(minutes=30)
        bench(signal())
    assert bench.team.kinds == ["firing"] * 3
    assert [m.title.partition(":")[0] for m in bench.team.messages[1:]] == ["Still firing"] * 2
    assert bench.why() == "repeats used up"


def test_a_clock_that_steps_back_does_not_tell_again(bench):
    bench.use(repeat_every=4 * H, keep_firing_for=5 * M)
    bench(signal())
    bench.clock.step(-3600)
    for _ in range(10):
        bench(signal())
        bench.wait(minutes=3)
    assert bench.team.kinds == ["firing"]


# --- routes ---------------------------------------------------------------------------------


def test_routes_go_by_labels_and_nobody_hears_it_twice(bench):
    bench.routes = (
        Route("five", ("team5", "boss"), {"team": ("5",)}),
        Route("urgent", ("boss", "pager"), {"priority": ("urgent", "high")}),
    )
    bench(signal(labels={"team": "5", "priority": "high"}))
    counts = {name: len(each.got) for name, each in bench.channels.items()}
    assert counts == {"team5": 1, "boss": 1, "pager": 1}
    bench(signal(labels={"team": "5", "priority": "high"}, condition="clear"))
    assert {len(each.got) for each in bench.channels.values()} == {2}


def test_who_was_told_is_told_when_it_moves_elsewhere(bench):
    bench.routes = (Route("five", ("a",), {"team": ("5",)}), Route("six", ("b",), {"team": ("6",)}))
    bench(signal(labels={"team": "5"}))
    bench(signal(labels={"team": "6"}))
    bench(signal(labels={"team": "6"}))
    assert bench.channel("a").kinds == ["firing", "resolved"]
    assert bench.channel("b").kinds == ["firing"]
    bench(signal(labels={"team": "5"}))
    assert bench.channel("a").kinds == ["firing", "resolved", "firing"]


def test_without_a_route_the_reason_says_so(bench):
    bench.routes = (Route("five", ("a",), {"team": ("5",)}),)
    bench(signal())
    assert bench.why(route="") == "no route"


def test_people_are_called_by_what_is_new_only(bench):
    bench.route(people=("U123",))
    bench(signal())
    bench(signal(condition="clear"))
    assert [message.mentions for message in bench.team.messages] == [("U123",), ()]


# --- inhibition -----------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["source", "flood"])
def test_the_wider_alert_explains_the_single_ones(bench, scope):
    bench.plans = (plan(), plan("wide", scope=scope))
    about = {"source": "zendesk", "team": "5"}
    wide = signal("w", labels={"source": "zendesk"})
    bench.cycle({"late": [signal(labels=about)], "wide": [wide]})
    assert [message.title for message in bench.team.messages] == ["Ticket w waits"]
    assert bench.why() == "inhibited"
    bench.cycle({"late": [signal("t2", labels={"source": "shop"})]})
    assert len(bench.team.got) == 2
    over = signal("w", "clear", labels={"source": "zendesk"})
    bench.cycle({"late": [signal(labels=about)], "wide": [over]})
    assert sorted(message.title for message in bench.team.messages[2:]) == [
        "Resolved: Ticket w waits",
        "Ticket t1 waits",
    ]


def test_a_flood_does_not_hide_what_is_worse(bench):
    bench.plans = (plan(), plan("wide", scope="flood"))
    worse = signal(severity="critical", labels={"team": "5"})
    bench.cycle({"late": [worse], "wide": [signal("w", labels={"team": "5"})]})
    assert len(bench.team.got) == 2

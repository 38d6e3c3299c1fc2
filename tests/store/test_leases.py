"""One writer at a time: leases with rising tokens, judged by the database's clock."""

import itertools
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import pytest
from sqlalchemy import text

from deskpulse.errors import LeaseHeld, StoreError
from deskpulse.leases import Leases, acquire, release, this_process
from deskpulse.store import Store
from support.stores import rows


def test_only_one_holder(store):
    held = acquire(store.engine, "mart", "ann")
    with pytest.raises(LeaseHeld, match="'mart' is being worked on by ann") as caught:
        acquire(store.engine, "mart", "bob")
    assert caught.value.hint
    acquire(store.engine, "sender", "bob")
    release(store.engine, held)
    assert acquire(store.engine, "mart", "bob").token > held.token


def test_the_same_process_does_not_hold_it_twice(store):
    with store.leases.hold("mart"):
        with pytest.raises(LeaseHeld), store.leases.hold("mart"):
            pass
        with pytest.raises(LeaseHeld), Leases(store.engine).hold("mart"):
            pass
        with pytest.raises(LeaseHeld):
            acquire(store.engine, "mart", this_process())
    with Leases(store.engine).hold("mart"):
        pass


def test_what_could_not_be_given_back_is_taken_again_at_once(store):
    with store.leases.hold("mart") as lost, store.writing() as connection:
        connection.execute(text("ALTER TABLE lease RENAME TO away"))
    with pytest.raises(StoreError), store.leases.hold("mart"):
        pass
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO lease"))
    with pytest.raises(LeaseHeld), Leases(store.engine).hold("mart"):
        pass  # nobody else may know that it is free
    with store.leases.hold("mart") as held:
        assert held.token == lost.token + 1
        with pytest.raises(LeaseHeld), store.writing() as connection:
            lost.confirm(connection)
    with Leases(store.engine).hold("mart"):
        pass


def test_taken_without_our_knowing_it_is_taken_again_at_once(store):
    """The database had written it down, and was gone before it said so."""
    with store.leases.hold("mart") as held:
        pass
    acquire(store.engine, "mart", held.holder)
    with store.leases.hold("mart") as again:
        assert again.token == held.token + 2


def test_a_lease_that_went_to_another_is_not_taken_back(store):
    with store.leases.hold("mart", ttl_s=0.05):
        time.sleep(0.1)
        other = acquire(store.engine, "mart", "bob")
    with pytest.raises(LeaseHeld, match="bob"), store.leases.hold("mart"):
        pass
    with store.writing() as connection:
        other.confirm(connection)


def test_an_expired_lease_is_free_and_fences_its_old_holder_off(store):
    slept = acquire(store.engine, "mart", "ann", ttl_s=0.05)
    time.sleep(0.1)
    with store.writing() as connection:
        slept.confirm(connection)  # nobody took it: it is still ours, and prolonged
    slept = acquire(store.engine, "other", "ann", ttl_s=0.05)
    time.sleep(0.1)
    fresh = acquire(store.engine, "other", "bob")
    assert fresh.token > slept.token
    with pytest.raises(LeaseHeld, match="went to another process"), store.writing() as connection:
        slept.confirm(connection)
    release(store.engine, slept)  # gives back nothing that is not its own
    with pytest.raises(LeaseHeld):
        acquire(store.engine, "other", "carl")
    with store.writing() as connection:
        fresh.confirm(connection)


def test_confirming_prolongs(store):
    held = acquire(store.engine, "mart", "ann", ttl_s=0.3)
    for _ in range(3):
        time.sleep(0.15)
        with store.writing() as connection:
            held.confirm(connection)
    with pytest.raises(LeaseHeld):
        acquire(store.engine, "mart", "bob")


def test_a_block_gives_it_back_even_when_it_fails(store):
    with pytest.raises(ValueError, match="oops"), Leases(store.engine, "ann").hold("mart"):
        raise ValueError("oops")
    acquire(store.engine, "mart", "bob")


def test_a_killed_process_keeps_nobody_waiting(store, store_url):
    program = (
        "import sys, time\n"
        "from deskpulse.leases import acquire, this_process\n"
        "from deskpulse.store import Store\n"
        f"acquire(Store.open({store_url!r}).engine, 'mart', this_process())\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LeaseHeld, match=str(other.pid)):
        acquire(store.engine, "mart", this_process())
    other.kill()
    other.wait()
    other.stdout.close()
    assert acquire(store.engine, "mart", this_process()).token == 2


def test_a_process_number_that_lives_on_in_another_process(sqlite_store):
    us = this_process()
    host, pid, _ = us.split(":")
    assert (host, pid) == (socket.gethostname(), str(os.getpid()))
    acquire(sqlite_store.engine, "mart", f"{host}:{pid}:1")  # began at another time than we did
    acquire(sqlite_store.engine, "mart", us)


def test_a_holder_on_another_machine_is_waited_for(sqlite_store):
    acquire(sqlite_store.engine, "mart", "elsewhere:999999:1")
    with pytest.raises(LeaseHeld):
        acquire(sqlite_store.engine, "mart", this_process())


STARTS = []
"""The barrier that a racing process was given."""


def _line_up(start) -> None:
    STARTS.append(start)


def _race(url: str, name: str) -> list[tuple[int, float, float]]:
    """Take the lease again and again; every (token, from, to) during which it was ours."""
    store, spans = Store.open(url), []
    leases = Leases(store.engine, name)
    STARTS[0].wait()
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        try:
            with leases.hold("race", ttl_s=5) as held:
                began = time.monotonic()
                with store.writing() as connection:
                    held.confirm(connection)
                time.sleep(0.002)
                spans.append((held.token, began, time.monotonic()))
        except LeaseHeld:
            time.sleep(0.001)
    store.close()
    return spans


def test_six_racing_processes_never_overlap(store_url):
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["deskpulse.store", "deskpulse.leases"])
    with ProcessPoolExecutor(6, processes, _line_up, (processes.Barrier(6),)) as pool:
        raced = [pool.submit(_race, store_url, f"racer {n}") for n in range(6)]
        spans = sorted(span for each in raced for span in each.result())
    tokens = [token for token, _, _ in spans]
    assert len(tokens) > 3
    assert tokens == sorted(set(tokens))
    for (_, _, ended), (_, began, _) in itertools.pairwise(spans):
        assert ended <= began


def test_the_row_says_who_and_until_when(store):
    acquire(store.engine, "mart", "ann", ttl_s=60)
    [(name, holder, token, expires_at)] = rows(
        store, "SELECT name, holder, token, expires_at FROM lease"
    )
    assert (name, holder, token) == ("mart", "ann", 1)
    assert abs(expires_at / 1e6 - time.time() - 60) < 10

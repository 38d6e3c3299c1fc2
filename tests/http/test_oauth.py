"""Token rotation against a real server that forgets each refresh token at its first use."""

import itertools
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import BaseModel, SecretStr

from deskpulse.errors import AuthRejected, LeaseHeld, SourceUnavailable, StoreError
from deskpulse.http.oauth import OAuth
from deskpulse.http.tokens import MemoryTokens, ThreadLock, Tokens
from support.clock import MONDAY
from support.server import html, json_, reset, status


class Settings(BaseModel):
    client_id: str = "desk"
    client_secret: SecretStr = SecretStr("s3cr3t-client")
    refresh_token: SecretStr = SecretStr("refresh-0")


REFRESH = OAuth("/oauth/tokens", grant="refresh_token", expires_in=3600, encoding="json")


class TokenServer:
    """Issues access-N and refresh-N; every refresh token works once, old access tokens end."""

    def __init__(self, server, *, lifetime=3600):
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.access = None
        self.refresh = "refresh-0"
        self.lifetime = lifetime
        self.burned = 0
        server.on("/oauth/tokens", self.issue)
        server.on("/tickets", self.tickets)

    def issue(self, request):
        with self.lock:
            sent = request.json()
            if sent["grant_type"] == "refresh_token" and sent["refresh_token"] != self.refresh:
                self.burned += 1
                return json_({"error": "invalid_grant", "error_description": "used"}, 400)
            n = next(self.numbers)
            self.access, self.refresh = f"access-{n}", f"refresh-{n}"
            body = {"access_token": self.access, "refresh_token": self.refresh}
            return json_(body | ({"expires_in": self.lifetime} if self.lifetime else {}))

    def tickets(self, request):
        if request.headers["authorization"] != f"Bearer {self.access}":
            return json_({"error": "invalid_token"}, 401)
        return json_({"tickets": [1]})

    def revoke(self):
        self.access = "somebody else's"


@pytest.fixture
def desk(server):
    return TokenServer(server)


@pytest.fixture
def store():
    return MemoryTokens()


@pytest.fixture
def signed(make, store):
    def build(**options):
        return make(**{"auth": REFRESH, "config": Settings(), "token_store": store} | options)

    return build


def test_the_first_request_gets_a_token_and_keeps_it(desk, signed, server, store):
    client = signed()
    assert client.get("/tickets") == client.get("/tickets") == {"tickets": [1]}
    assert server.paths() == ["/oauth/tokens", "/tickets", "/tickets"]
    assert server.requests[0].json()["refresh_token"] == "refresh-0"
    assert "authorization" not in server.requests[0].headers
    assert store.load().refresh_token == "refresh-1"
    assert store.load().expires_at == MONDAY + timedelta(hours=1)


def test_another_run_uses_the_kept_token(desk, signed, server):
    signed().get("/tickets")
    assert signed().get("/tickets") == {"tickets": [1]}
    assert server.paths().count("/oauth/tokens") == 1


def test_a_token_is_renewed_shortly_before_its_end(desk, signed, clock, server):
    client = signed()
    client.get("/tickets")
    clock.advance(3600 - 61)
    client.get("/tickets")
    assert server.paths().count("/oauth/tokens") == 1
    clock.advance(2)
    client.get("/tickets")
    assert server.paths().count("/oauth/tokens") == 2
    assert server.requests[-2].json()["refresh_token"] == "refresh-1"


def test_a_short_life_does_not_mean_a_new_token_for_every_request(desk, signed, clock, server):
    desk.lifetime = 40
    client = signed()
    for _ in range(29):
        client.get("/tickets")
        clock.advance(1)
    assert server.paths().count("/oauth/tokens") == 1


def test_an_unknown_lifetime_is_used_until_it_is_refused(desk, signed, clock, server):
    desk.lifetime = None
    client = signed()
    client.get("/tickets")
    clock.advance(10**7)
    assert client.get("/tickets") == {"tickets": [1]}
    assert server.paths().count("/oauth/tokens") == 1
    desk.revoke()
    assert client.get("/tickets") == {"tickets": [1]}
    assert server.paths().count("/oauth/tokens") == 2


def test_a_token_that_stays_refused_is_renewed_only_once(desk, signed, server):
    client = signed()
    server.on("/secret", status(401))
    with pytest.raises(AuthRejected) as caught:
        client.get("/secret")
    assert caught.value.status == 401
    assert server.paths() == ["/oauth/tokens", "/secret", "/oauth/tokens", "/secret"]


def test_new_tokens_are_kept_before_they_are_used(desk, signed, server):
    class Watching(MemoryTokens):
        def save(self, tokens):
            assert "/tickets" not in server.paths()
            super().save(tokens)

    signed(token_store=Watching()).get("/tickets")


def test_a_store_that_fails_stops_the_use_and_the_tokens_are_not_lost(desk, signed, server):
    class Full(MemoryTokens):
        broken = True

        def save(self, tokens):
            if self.broken:
                raise StoreError("disk full")
            super().save(tokens)

    store = Full()
    client = signed(token_store=store)
    for _ in range(2):
        with pytest.raises(StoreError):
            client.get("/tickets")
    assert server.paths() == ["/oauth/tokens"]
    store.broken = False
    assert client.get("/tickets") == {"tickets": [1]}
    assert (store.load().refresh_token, desk.burned) == ("refresh-1", 0)


def test_a_crash_between_keeping_and_using_loses_nothing(desk, signed, store):
    class Crash(BaseException):
        pass

    class Crashing(MemoryTokens):
        def save(self, tokens):
            store.save(tokens)
            raise Crash

    with pytest.raises(Crash):
        signed(token_store=Crashing()).get("/tickets")
    assert signed().get("/tickets") == {"tickets": [1]}
    assert desk.burned == 0


@pytest.mark.parametrize("shared_client", [True, False])
def test_threads_never_burn_a_refresh_token(desk, signed, clock, server, shared_client):
    lock = ThreadLock()
    one = signed(token_lock=lock)
    clients = [one] * 4 if shared_client else [signed(token_lock=lock) for _ in range(4)]
    barrier = threading.Barrier(4)
    answers = []

    def work(client):
        for round_ in range(3):
            barrier.wait()
            answers.append(client.get("/tickets"))
            if barrier.wait() == 0:
                desk.revoke() if round_ == 0 else clock.advance(3_590)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"tickets": [1]}] * 12
    assert desk.burned == 0
    assert server.paths().count("/oauth/tokens") == 3


def test_a_refresh_by_another_process_is_taken_over(desk, signed, server, store):
    client = signed()
    client.get("/tickets")
    signed_elsewhere = signed()
    desk.revoke()
    signed_elsewhere.get("/tickets")
    client.get("/tickets")
    assert server.paths().count("/oauth/tokens") == 2
    assert desk.burned == 0


def test_a_renewal_that_another_process_is_busy_with_is_awaited(desk, signed, store, clock):
    signed().get("/tickets")
    desk.revoke()
    turned_away = []

    @contextmanager
    def lease():
        if len(turned_away) < 3:
            turned_away.append(clock.now())
            raise LeaseHeld("the other one is at it")
        yield

    assert signed(token_lock=lease, config=Settings()).get("/tickets") == {"tickets": [1]}
    assert len(turned_away) == 3
    assert clock.slept_s == 3


def test_a_renewal_that_never_ends_elsewhere_is_given_up(desk, signed):
    @contextmanager
    def lease():
        raise LeaseHeld("the other one is at it")
        yield

    with pytest.raises(SourceUnavailable, match="another process"):
        signed(token_lock=lease).get("/tickets")


def test_newly_configured_credentials_replace_kept_tokens(desk, signed, store):
    signed().get("/tickets")
    desk.refresh = "refresh-new"
    desk.revoke()
    config = Settings(refresh_token=SecretStr("refresh-new"))
    assert signed(config=config).get("/tickets") == {"tickets": [1]}


def test_a_renewed_client_secret_keeps_the_rotated_refresh_token(desk, signed, store):
    signed().get("/tickets")
    config = Settings(client_secret=SecretStr("s3cr3t-renewed"))
    assert signed(config=config).get("/tickets") == {"tickets": [1]}
    assert desk.burned == 0


@pytest.mark.parametrize(
    "reply",
    [
        json_({"error": "invalid_grant"}, 400),
        json_({"error": "unauthorized_client"}, 400),
        json_({"error": "invalid_client"}, 401),
        html(403, "Forbidden"),
    ],
)
def test_refused_credentials_pause_the_source(server, signed, reply):
    server.queue(reply)
    with pytest.raises(AuthRejected) as caught:
        signed().get("/tickets")
    assert len(server.requests) == 1
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.hint


def test_a_passing_fault_of_the_token_endpoint_is_retried(server, signed):
    server.on("/oauth/tokens", status(503), reset(), json_({"access_token": "a-1"}))
    server.on("/tickets", json_({"tickets": []}))
    client = signed(auth=OAuth("/oauth/tokens"))
    assert client.get("/tickets") == {"tickets": []}
    assert server.paths().count("/oauth/tokens") == 3
    assert server.requests[0].body == (
        b"grant_type=client_credentials&client_id=desk&client_secret=s3cr3t-client"
    )


def test_client_credentials_are_renewed_mid_run(desk, signed, server):
    client = signed(auth=OAuth("/oauth/tokens", encoding="json", scope="read"))
    client.get("/tickets")
    desk.revoke()
    assert client.get("/tickets") == {"tickets": [1]}
    assert server.paths().count("/oauth/tokens") == 2


def test_kept_tokens_that_have_expired_are_not_even_tried(desk, signed, server, store):
    signed().get("/tickets")
    kept = store.load()
    store.save(
        Tokens(kept.access_token, kept.refresh_token, MONDAY - timedelta(hours=1), kept.seed)
    )
    signed().get("/tickets")
    assert server.paths() == ["/oauth/tokens", "/tickets"] * 2

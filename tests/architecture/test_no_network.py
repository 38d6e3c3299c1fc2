"""The tests reach this machine only."""

import socket

import httpx
import pytest

from support.network import Refused


def test_a_test_that_reaches_for_the_network_is_refused():
    with pytest.raises(Refused, match=r"tests reach loopback only"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    with pytest.raises(Refused, match=r"looks up 'example.org'"):
        socket.getaddrinfo("example.org", 443)
    with socket.socket() as bare, pytest.raises(Refused):
        bare.connect_ex(("2001:db8::1", 80))
    with pytest.raises(httpx.ConnectError, match="loopback only"):
        httpx.get("https://example.org")


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    assert socket.getaddrinfo("localhost", 80)

"""Keeps the tests on this machine: whatever leads elsewhere is refused."""

import ipaddress
import socket
from typing import Any

import pytest


class Refused(OSError):
    """A test reached for the network."""


def stay_on_this_machine(patch: pytest.MonkeyPatch) -> None:
    """Refuse connections and name look-ups beyond loopback, in this process."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _demand_local(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _demand_local(self, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise Refused(f"a test looks up {host!r}; tests reach loopback only")
        return look_up(host, *args, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)


def _demand_local(used: socket.socket, address: Any) -> None:
    if used.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        raise Refused(f"a test connects to {address!r}; tests reach loopback only")


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

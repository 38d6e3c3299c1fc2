"""Make a configured source or notifier out of its plugin and its settings."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from deskpulse.clock import Clock, SystemClock
from deskpulse.config import nearest
from deskpulse.connector import Connector
from deskpulse.errors import ConfigError
from deskpulse.http.budget import Budget
from deskpulse.http.client import HttpClient
from deskpulse.http.limiter import Limiter
from deskpulse.http.redact import secrets_in
from deskpulse.http.retry import Patience
from deskpulse.notifier import Notifier
from deskpulse.rule import Rule
from deskpulse.store.credentials import StoredTokens

if TYPE_CHECKING:
    import httpx

    from deskpulse.app.workspace import Workspace
    from deskpulse.plugins import Registry

TOKEN_LEASE_S = 300


def open_source(
    workspace: Workspace,
    name: str,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Clock | None = None,
) -> Connector:
    """The connector of `[sources.NAME]`, with its HTTP client; raises `ConfigError`.

    `transport` listens in instead of the plain network; `clock` is the connector's own.
    """
    plugged = workspace.config.source_settings[name]
    known = workspace.registry.connectors
    connector = known.get(plugged.use)
    if connector is None:
        raise _unknown(workspace, f"sources.{name}", plugged.use, list(known))
    settings = workspace.config.plugin_settings("sources", plugged, connector.Config)
    workspace.redactor.add(*secrets_in(settings))
    client = None
    real = SystemClock()  # tokens and budgets run in real time, whatever --as-of says
    address = connector.base_url(settings)
    if address:
        client = HttpClient.for_connector(
            connector,
            settings,
            source=name,
            clock=real,
            redactor=workspace.redactor,
            token_store=StoredTokens(workspace.store, name, real),
            token_lock=lambda: _token_lease(workspace, name),
            limiter=_limiter(workspace, address, tuple(connector.budgets(settings)), real),
            stop=workspace.stop,
            transport=transport,
        )
        workspace.closing.callback(client.close)
    made = connector(settings, client, clock or workspace.clock, name)
    wanted = workspace.config.sources[name].streams
    have = [stream.name for stream in made.streams()]
    for stream in wanted:
        if stream not in have:
            where = workspace.config.document.where(f"sources.{name}", "streams")
            raise ConfigError(f"{where} names {stream!r}; {nearest(stream, have)}")
    return made


def _limiter(
    workspace: Workspace, address: str, budgets: tuple[Budget, ...], clock: Clock
) -> Limiter:
    """One for all sources on an account: the vendor counts their requests together."""
    account = (address.rstrip("/"), budgets)
    if account not in workspace.limiters:
        workspace.limiters[account] = Limiter(budgets, clock, longest_hold_s=Patience().in_place_s)
    return workspace.limiters[account]


def open_notifier(workspace: Workspace, name: str) -> Notifier:
    """The notifier of `[notifiers.NAME]`; raises `ConfigError`."""
    if name not in workspace.config.notifiers:
        raise ConfigError(
            f"there is no notifier {name!r}; {nearest(name, workspace.config.notifiers)}"
        )
    plugged = workspace.config.notifiers[name]
    notifier = workspace.registry.notifiers.get(plugged.use)
    if notifier is None:
        known = list(workspace.registry.notifiers)
        raise _unknown(workspace, f"notifiers.{name}", plugged.use, known)
    settings = workspace.config.plugin_settings("notifiers", plugged, notifier.Config)
    workspace.redactor.add(*secrets_in(settings))
    return notifier(settings)


def open_rule(workspace: Workspace, name: str) -> Rule:
    """The rule of `[rules.NAME]`; raises `ConfigError`."""
    plugged = workspace.config.rule_settings[name]
    rule = workspace.registry.rules.get(plugged.use)
    if rule is None:
        raise _unknown(workspace, f"rules.{name}", plugged.use, list(workspace.registry.rules))
    made: Rule = rule(workspace.config.plugin_settings("rules", plugged, rule.Config))
    return made


def _token_lease(workspace: Workspace, name: str) -> AbstractContextManager[object]:
    return workspace.store.leases.hold(f"token:{name}", ttl_s=TOKEN_LEASE_S)


def _unknown(workspace: Workspace, table: str, use: str, known: list[str]) -> ConfigError:
    where = workspace.config.document.where(table, "use")
    return ConfigError(
        f"{where} is {use!r}; {nearest(use, known)}", hint=_broken_hint(workspace.registry)
    )


def _broken_hint(registry: Registry) -> str:
    if registry.broken:
        names = ", ".join(plugin.name for plugin in registry.broken)
        return f"Broken plugins: {names}; run `deskpulse plugins` to see why."
    return "Run `deskpulse plugins` to see what is installed."

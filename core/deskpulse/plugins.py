"""Find plugins, isolate the broken ones, and hold what the sound ones contribute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from deskpulse import hookspecs
from deskpulse.errors import PluginError

if TYPE_CHECKING:
    from deskpulse.connector import Connector
    from deskpulse.notifier import Notifier

GROUP = "deskpulse"
HOOKS = ("connectors", "kpis", "rules", "notifiers")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point: what it contributed, or why it was quarantined."""

    name: str
    distribution: str
    module: str
    contributes: dict[str, list[str]] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that plugins contribute, by name. A value: build it, pass it."""

    plugins: tuple[Plugin, ...]
    connectors: dict[str, type[Connector]]
    notifiers: dict[str, type[Notifier]]
    kpis: dict[str, Any]
    rules: dict[str, Any]

    @property
    def broken(self) -> tuple[Plugin, ...]:
        """The quarantined ones."""
        return tuple(plugin for plugin in self.plugins if plugin.broken)


def load(entries: Iterable[EntryPoint] | None = None, *, only: Iterable[str] = ()) -> Registry:
    """Load every entry point of group `deskpulse`, each in a try of its own, sorted by name.

    `only` limits which distributions may load (config key `plugins`); empty means all. A plugin
    that raises, misspells a hook or repeats a name is quarantined with its reason.
    """
    found = entry_points(group=GROUP) if entries is None else entries
    allowed = {_canonical(name) for name in only}
    plugins: list[Plugin] = []
    shelves: dict[str, dict[str, Any]] = {hook: {} for hook in HOOKS}
    for entry in sorted(found, key=lambda e: (e.dist is None or e.dist.name != GROUP, e.name)):
        distribution = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "?"
        own = entry.dist is not None and entry.dist.name == GROUP
        if (
            allowed
            and not own
            and _canonical(distribution.split(" ", maxsplit=1)[0]) not in allowed
        ):
            continue
        try:
            given = _contributions(entry.name, entry.load())
            _shelve(given, shelves)
        except (Exception, SystemExit) as problem:  # noqa: BLE001  a plugin may raise anything
            reason = f"{type(problem).__name__}: {problem}"
            plugins.append(Plugin(entry.name, distribution, entry.value, broken=reason))
        else:
            names = {hook: sorted(items) for hook, items in given.items() if items}
            plugins.append(Plugin(entry.name, distribution, entry.value, names))
    return Registry(
        tuple(plugins),
        shelves["connectors"],
        shelves["notifiers"],
        shelves["kpis"],
        shelves["rules"],
    )


def _contributions(name: str, module: Any) -> dict[str, dict[str, Any]]:
    manager = pluggy.PluginManager(GROUP)  # a throw-away: it validates names and signatures
    manager.add_hookspecs(hookspecs)
    manager.register(module, name=name)
    manager.check_pending()
    given: dict[str, dict[str, Any]] = {}
    for hook in HOOKS:
        items: dict[str, Any] = {}
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            found = implementation.function()
            if not isinstance(found, list):
                raise PluginError(f"{hook}() returned {found!r}; a list is expected")
            for item in found:
                base = _base_of(hook)
                if base and not (isinstance(item, type) and issubclass(item, base)):
                    raise PluginError(f"{hook}() returned {item!r}, which is no {base.__name__}")
                key = getattr(item, "name", None) or getattr(item, "id", None)
                if not isinstance(key, str) or not key.replace("-", "_").isidentifier():
                    raise PluginError(f"{hook}() returned {item!r}, which has no usable name")
                if key in items:
                    raise PluginError(f"{hook}() returned {key!r} twice")
                items[key] = item
        given[hook] = items
    if not any(given.values()):
        raise PluginError(
            f"contributes nothing; implement one of {', '.join(HOOKS)} with @hookimpl"
        )
    return given


def _base_of(hook: str) -> type | None:
    """What the items of a hook must subclass, where that is defined in this package."""
    from deskpulse.connector import Connector
    from deskpulse.notifier import Notifier
    from deskpulse.rule import Rule

    bases: dict[str, type] = {"connectors": Connector, "notifiers": Notifier, "rules": Rule}
    return bases.get(hook)


def _shelve(given: dict[str, dict[str, Any]], shelves: dict[str, dict[str, Any]]) -> None:
    for hook, items in given.items():
        for key in items:
            if key in shelves[hook]:
                raise PluginError(f"{key!r} in {hook}() is already taken by another plugin")
    for hook, items in given.items():
        shelves[hook].update(items)


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-")

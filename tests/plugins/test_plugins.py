"""Plugins are isolated: a broken one is listed with its reason, and the others work."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from deskpulse import Connector, Notifier, hookimpl
from deskpulse.plugins import HOOKS, load
from deskpulse.rule import Rule

SOUND = """
from deskpulse import Connector, hookimpl

class Acme(Connector):
    name = "{name}"

@hookimpl
def connectors():
    return [Acme]
"""


class Entry(EntryPoint):
    """An entry point with a distribution of our choosing."""

    def __new__(cls, name, module, dist="acme-deskpulse"):
        return super().__new__(cls)

    def __init__(self, name, module, dist="acme-deskpulse"):
        super().__init__(name, module, "deskpulse")
        vars(self)["dist"] = None if dist is None else SimpleNamespace(name=dist, version="0.3")


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Writes a module and gives its entry point."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def write(name, source, dist="acme-deskpulse"):
        module = f"{tmp_path.name.replace('-', '_')}_{name}"
        (tmp_path / f"{module}.py").write_text(source)
        made.append(module)
        return Entry(name, module, dist)

    yield write
    for module in made:
        sys.modules.pop(module, None)


def test_a_sound_plugin_contributes(plugin):
    registry = load([plugin("acme", SOUND.format(name="acme"))])
    assert list(registry.connectors) == ["acme"]
    assert issubclass(registry.connectors["acme"], Connector)
    [found] = registry.plugins
    assert (found.name, found.distribution, found.broken) == ("acme", "acme-deskpulse 0.3", "")
    assert found.contributes == {"connectors": ["acme"]}
    assert registry.broken == ()


BROKEN = {
    "missing module": ("import acme_client_that_is_not_there", "ModuleNotFoundError: No module"),
    "error on import": ("1 / 0", "ZeroDivisionError"),
    "no python": ("def connectors(:", "SyntaxError"),
    "exits on import": ("import sys; sys.exit(3)", "SystemExit"),
    "misspelt hook": (
        "from deskpulse import hookimpl\n@hookimpl\ndef conectors():\n    return []",
        "conectors",
    ),
    "hook without its mark": ("def connectors():\n    return [object]", "contributes nothing"),
    "nothing": ("", "contributes nothing; implement one of connectors, kpis, rules, notifiers"),
    "empty lists": (
        "from deskpulse import hookimpl\n@hookimpl\ndef kpis():\n    return []",
        "contributes nothing",
    ),
    "hook that raises": (
        "from deskpulse import hookimpl\n@hookimpl\ndef kpis():\n    raise KeyError('x')",
        "KeyError",
    ),
    "hook that returns nothing": (
        "from deskpulse import hookimpl\n@hookimpl\ndef kpis():\n    pass",
        "kpis() returned None; a list is expected",
    ),
    "nameless": (
        SOUND.format(name="x").replace('name = "x"', "pass"),
        "which has no usable name",
    ),
    "unusable name": (SOUND.format(name="not a name"), "which has no usable name"),
    "the same name twice": (
        SOUND.format(name="acme").replace("[Acme]", "[Acme, Acme]"),
        "connectors() returned 'acme' twice",
    ),
    "no connector": (
        SOUND.format(name="acme").replace("class Acme(Connector)", "class Acme"),
        "which is no Connector",
    ),
    "no rule": (
        "from deskpulse import hookimpl\nclass A:\n    name = 'a'\n@hookimpl\ndef rules():\n    return [A]",
        "which is no Rule",
    ),
    "too many arguments": (
        "from deskpulse import hookimpl\n@hookimpl\ndef connectors(surprise):\n    return []",
        "surprise",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_quarantined_and_the_others_work(plugin, name):
    source, reason = BROKEN[name]
    broken, sound = plugin("a_broken", source), plugin("b_sound", SOUND.format(name="sound"))
    registry = load([broken, sound])
    assert list(registry.connectors) == ["sound"]
    [found] = registry.broken
    assert found.name == "a_broken"
    assert reason in found.broken, found.broken


def test_a_name_that_is_taken_keeps_the_first_and_quarantines_the_whole_second(plugin):
    second = SOUND.format(name="acme") + (
        "\nfrom deskpulse.rule import Rule\nclass Quiet(Rule):\n    name = 'quiet'\n@hookimpl\ndef rules():\n    return [Quiet]\n"
    )
    registry = load([plugin("z_first", SOUND.format(name="acme")), plugin("zz_second", second)])
    assert registry.connectors["acme"].__module__.endswith("z_first")
    assert registry.rules == {}
    assert "'acme' in connectors() is already taken" in registry.broken[0].broken


def test_a_stranger_cannot_take_a_built_in_name(plugin):
    own = plugin("zendesk", SOUND.format(name="zendesk"), dist="deskpulse")
    stranger = plugin("aaa", SOUND.format(name="zendesk"))
    registry = load([stranger, own])
    assert registry.connectors["zendesk"].__module__.endswith("_zendesk")
    assert [plugin.name for plugin in registry.broken] == ["aaa"]


def test_only_the_allowed_distributions_are_loaded(plugin, tmp_path):
    marker = tmp_path / "ran"
    spy = f"open({str(marker)!r}, 'w').close()\n" + SOUND.format(name="spy")
    entries = [
        plugin("own", SOUND.format(name="own"), dist="deskpulse"),
        plugin("good", SOUND.format(name="good"), dist="Good_Plugin"),
        plugin("spy", spy, dist="spy-plugin"),
    ]
    registry = load(entries, only=["good-plugin"])
    assert sorted(registry.connectors) == ["good", "own"]
    assert not marker.exists()
    assert sorted(load(entries).connectors) == ["good", "own", "spy"]


def test_an_entry_point_without_a_distribution_is_loaded(plugin):
    registry = load([plugin("acme", SOUND.format(name="acme"), dist=None)])
    assert registry.plugins[0].distribution == "?"


def test_the_order_is_by_name_whatever_the_order_of_arrival(plugin):
    entries = [plugin(name, SOUND.format(name=name)) for name in ("c", "a", "b")]
    assert [found.name for found in load(entries).plugins] == ["a", "b", "c"]


def test_the_built_in_plugins_come_in_through_the_same_door():
    registry = load(only=["deskpulse"])
    assert registry.broken == ()
    assert {"files", "zendesk"} <= set(registry.connectors)
    assert {"console", "email", "slack"} <= set(registry.notifiers)
    assert all(issubclass(each, Connector) for each in registry.connectors.values())
    assert all(issubclass(each, Notifier) for each in registry.notifiers.values())
    assert registry.kpis


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_contributes(hook):
    bases = {"connectors": Connector, "notifiers": Notifier, "rules": Rule}
    base = bases.get(hook, object)
    made = type("Thing", (base,), {"name": "thing"})
    module = SimpleNamespace(**{hook: hookimpl(lambda: [made], specname=hook)})

    class Given(Entry):
        def load(self):
            return module

    registry = load([Given("thing", "anywhere")])
    assert registry.broken == ()
    assert getattr(registry, hook) == {"thing": made}


def test_help_and_imports_load_no_plugin():
    program = (
        "import sys, deskpulse, deskpulse.plugins; sys.exit('deskpulse_connectors' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

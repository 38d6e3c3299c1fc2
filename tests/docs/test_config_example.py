"""`config.example.toml` is whole, loads, and says the truth about defaults."""

from collections import defaultdict, deque

import pytest

from deskpulse.plugins import load as load_plugins
from deskpulse_reports.kpis.spec import Measure, Ratio, Stock
from deskpulse_reports.kpis.target import Target
from support.docs import ROOT
from support.toml_settings import CORE, TOP, keys, lines, models, prepared, read_all

TEXT = (ROOT / "config.example.toml").read_text(encoding="utf-8")
MARKS = ("required", "optional", "example", "default")
NONE = (None, "", [], {}, ())


@pytest.fixture(scope="module")
def registry():
    return load_plugins()


@pytest.fixture(scope="module")
def tables(registry, tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield read_all(prepared(TEXT, folder), registry)


def every_model(registry):
    plugins = [
        *registry.connectors.values(),
        *registry.notifiers.values(),
        *registry.rules.values(),
    ]
    configs = [model for plugin in plugins for model in models(plugin.Config)]
    return [*CORE.values(), *configs, Measure, Ratio, Stock, Target]


def test_every_setting_of_core_and_every_builtin_appears(tables, registry):
    shown = defaultdict(set)
    for table in tables:
        shown[type(table.model)] |= table.fields
    missing = {
        f"{model.__module__}.{model.__qualname__}.{field}"
        for model in every_model(registry)
        for field in keys(model)
        if field not in shown[model]
        and (model, field) not in {(k, "id") for k in _SPECS}
        and field not in _inherited(model, shown)
    }
    assert not missing


_SPECS = (Measure, Ratio, Stock)


def _inherited(model, shown):
    """What all kinds of KPI share is shown once, at the first."""
    return set().union(*(shown[kind] for kind in _SPECS)) if model in _SPECS else set()


def test_every_top_setting_appears():
    assert {line.key for line in lines(TEXT) if not line.table} == set(TOP)


def test_every_line_says_what_it_is():
    settled = ("columns", "fields", "brands")  # there the left side is a name, not a setting
    unmarked = [
        f"line {line.number}: {line.key}"
        for line in lines(TEXT)
        if not line.words.startswith(MARKS) and not line.table.endswith(settled)
    ]
    assert not unmarked


def test_what_is_called_default_is_the_default_and_nothing_else_is(tables):
    assert not list(_lies(tables, TEXT))


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("per_page = 1000                     # default", "per_page = 999  # default"),
        ("per_page = 1000                     # default", "per_page = 1000  # example"),
        ("per_page = 1000                     # default", "per_page = 1000  # optional"),
        ("per_page = 1000                     # default", "per_page = 1000  # required"),
        ('kind = "events"                     # example', 'kind = "events"  # default'),
        ("public = true                       # required", "public = true  # default"),
    ],
)
def test_a_lie_is_noticed(registry, tmp_path, monkeypatch, true, false):
    monkeypatch.chdir(tmp_path)
    text = TEXT.replace(true, false)
    assert text != TEXT
    assert len(list(_lies(read_all(prepared(text, tmp_path), registry), text))) == 1


def _lies(tables, text):
    """Lines whose first word is not true of their setting."""
    written = defaultdict(deque)
    for line in lines(text):
        written[line.table, line.key].append(line)
    for table in tables:
        for key in table.written:
            lines_of = written[table.place, key]
            if not lines_of or key not in table.fields:
                continue
            line = lines_of.popleft() if len(lines_of) > 1 else lines_of[0]
            if not _is_true(line, table, key):
                yield f"line {line.number}: {line.key}: {line.words}"


def _is_true(line, table, key):
    name = keys(type(table.model))[key]
    info = type(table.model).model_fields[name]
    default = info.get_default(call_default_factory=True)
    values = [_plain(getattr(table.model, name)), _plain(table.written[key])]
    mark = line.words.split()[0].rstrip(":,")
    if mark == "required":  # a KPI's kind is, wherever it is not the one that is assumed
        return info.is_required() or key in ("use", "kind")
    if mark == "optional":
        return not info.is_required() and default in NONE
    if mark == "default":
        return not info.is_required() and _plain(default) in values
    return not info.is_required() and _plain(default) not in values


def _plain(value):
    return tuple(value) if isinstance(value, list) else value

"""What the documentation lists is what there is: verbs, settings, KPIs, columns, errors, files."""

import inspect
import re

import polars as pl
import pytest

from deskpulse import errors
from deskpulse.app.cli import VERBS
from deskpulse.config.config import TABLES as CONFIG_TABLES
from deskpulse.config.config import TOP
from deskpulse.plugins import load as load_plugins
from deskpulse_reports.facts import schema
from deskpulse_reports.kpis.builtin import BUILTIN
from support.docs import ROOT, pages
from support.generated_docs import command_options, made, parts
from support.toml_settings import models

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in pages()}
PARTS = [(name, what) for name, text in PAGES.items() for what, _ in parts(text)]


@pytest.fixture(scope="module")
def registry():
    return load_plugins()


@pytest.mark.parametrize(("page", "what"), PARTS)
def test_generated_part_is_current(page, what):
    text = dict(parts(PAGES[page]))[what]
    assert text == made(what), "run: PYTHONPATH=tests .venv/bin/python -m support.generated_docs"


def test_every_generated_part_is_closed():
    for name, text in PAGES.items():
        assert text.count("<!-- generated: ") == text.count("<!-- end -->") == len(parts(text)), (
            name
        )


def test_every_kpi_is_defined_and_in_the_list():
    for spec in BUILTIN:
        assert f"### {spec.id}\n" in PAGES["docs/kpis.md"]
        assert f"| `{spec.id}` |" in PAGES["docs/kpis.md"]


def test_every_verb_has_a_section_with_its_options():
    page = PAGES["docs/command-line.md"]
    headings = re.findall(r"^## deskpulse (\w+)$", page, re.MULTILINE)
    assert headings == list(VERBS)
    for verb in VERBS:
        section = page.partition(f"## deskpulse {verb}\n")[2].partition("\n## ")[0]
        assert "<!-- generated: command-options" in section, verb
        for option in re.findall(r"`(--[\w-]+)", "" if verb == "db" else command_options(verb)):
            assert f"`{option}`" in section


def test_every_table_and_every_builtins_settings_are_listed(registry):
    page = PAGES["docs/configuration.md"]
    for key in TOP:
        assert f"| `{key}` |" in page
    for table in CONFIG_TABLES:
        assert re.search(rf"^## `\[{table}[\].]", page, re.MULTILINE), table
    generated = [what for what, _ in parts(page)]
    for plugin in [*registry.connectors.values(), *registry.notifiers.values()]:
        for model in models(plugin.Config):
            wanted = f"settings {model.__module__}.{model.__qualname__}"
            assert wanted in generated
        assert f"### {plugin.name}\n" in page


def test_every_source_and_notifier_has_its_page_and_is_on_the_readme(registry):
    for kind, names in (("connectors", registry.connectors), ("notifiers", registry.notifiers)):
        for name in names:
            assert f"docs/{kind}/{name}.md" in PAGES
            assert f"(docs/{kind}/{name}.md)" in PAGES["README.md"]


def test_what_a_plugins_page_says_of_defaults_is_true(registry):
    text = PAGES["docs/connectors/zendesk.md"]
    fields = registry.connectors["zendesk"].Config.model_fields
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)
    assert len(rows) == 3
    for name, value in rows:
        assert str(fields[name].default) == value, name


TYPES = {
    pl.String: "text",
    pl.Int32: "whole number",
    pl.Float64: "number",
    pl.Boolean: "yes/no",
    pl.Date: "date",
}


def _type(name, kind):
    if kind == pl.Int64:
        return "instant" if name.endswith(("_at", "_since")) else "count"
    return TYPES.get(kind, "list of text")


@pytest.mark.parametrize("table", schema.TABLES)
def test_every_column_is_described_with_its_type(table):
    page = PAGES["docs/facts.md"]
    shared = _columns(page, "The columns that many tables share")
    own = _columns(page, table)
    actual = {name: _type(name, kind) for name, kind in schema.TABLES[table].items()}
    assert not own.keys() - actual.keys(), "these columns are not there"
    assert not own.keys() & shared.keys(), "described twice"
    assert {**{k: v for k, v in shared.items() if k in actual}, **own} == actual


def _columns(page, heading):
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]+?) \| ", section, re.MULTILINE)
    return {name: kind for names, kind in rows for name in re.findall(r"`(\w+)`", names)}


def test_every_error_says_in_operations_what_to_do():
    page = PAGES["docs/operations.md"]
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    bases = {"DeskpulseError", "SourceError", "DeliveryError"}
    found = {
        name
        for name, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.DeskpulseError)
    }
    assert listed == found - bases


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for found in LINK.finditer(re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL)):
        target = found[1] or found[2]
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in _anchors(file), f"{page}: {target}"


def _anchors(file):
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "images").glob("*"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 150_000, picture.name

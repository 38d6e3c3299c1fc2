"""The parts of the documentation that are written by the program itself.

A page marks such a part with `<!-- generated: WHAT ARGUMENTS -->` ... `<!-- end -->`. The test
compares; `PYTHONPATH=tests python -m support.generated_docs` writes.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time, timedelta
from enum import Enum
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from deskpulse.app.cli import VERBS
from deskpulse.plugins import load as load_plugins
from deskpulse.quality import QUESTIONS, card_of
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.words import explain
from support.commands import command
from support.docs import pages

_PART = re.compile(
    r"^<!-- generated: (?P<what>[^\n]*?) -->\n(?P<text>.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL
)


def parts(text: str) -> list[tuple[str, str]]:
    """(what, text) of every generated part of a page."""
    return [(found["what"], found["text"]) for found in _PART.finditer(text)]


def made(what: str) -> str:
    """What should stand in such a part."""
    name, *arguments = what.split(" ", 1)
    return MAKERS[name](*arguments)


def rewritten(text: str) -> str:
    """A page with its generated parts made anew."""
    return _PART.sub(
        lambda found: f"<!-- generated: {found['what']} -->\n{made(found['what'])}<!-- end -->",
        text,
    )


# --- settings ------------------------------------------------------------------------------------


def settings(argument: str) -> str:
    """A table of a model's fields: key, default, meaning."""
    path, _, base = argument.partition(" beyond ")
    model = _found(path)
    known: set[str] = set()
    if base:
        known = set(_found(f"{path.rpartition('.')[0]}.{base}").model_fields) | {"kind"}
    rows = [
        (
            f"`{info.alias or name}`",
            _default(info),
            _cell(str(info.description or "").removesuffix(".")),
        )
        for name, info in model.model_fields.items()
        if name not in known and name not in ("id", "use")
    ]
    return _table(("key", "default", "meaning"), rows)


def _found(path: str) -> type[BaseModel]:
    module, names = path, []
    while True:
        try:
            value: Any = import_module(module)
            break
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            names.insert(0, last)
    for name in names:
        value = getattr(value, name)
    assert isinstance(value, type)
    assert issubclass(value, BaseModel)
    return value


def _default(info: Any) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if value in (None, "", [], {}, ()) or isinstance(value, BaseModel):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        sizes = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
        unit, size = next((unit, size) for unit, size in sizes if not seconds % size)
        return f'"{seconds // size}{unit}"'
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value)


# --- KPIs ----------------------------------------------------------------------------------------


def kpi_list() -> str:
    """Every built-in KPI in one line."""
    rows = [
        (f"`{spec.id}`", _cell(spec.title), _cell(spec.definition))
        for spec in sorted(BUILTIN, key=lambda spec: spec.id)
    ]
    return _table(("id", "name", "what it is"), rows)


def kpi_definitions(family: str) -> str:
    """The whole definition of each KPI of a family, as `kpi --explain` prints it."""
    specs = import_module(f"deskpulse_reports.kpis.builtin.{family}")
    catalog = Catalog(BUILTIN)
    texts = []
    for spec in getattr(specs, family.upper()):
        found = explain(spec, catalog, zone="the desk's")
        rows = [
            (label, f"`{text}`" if label == "formula" else _cell(text))
            for label, text in found.items()
            if label not in ("id", "title", "definition", "zone", "minimum sample")
        ]
        texts.append(
            f"### {spec.id}\n\n{spec.title}. {spec.definition}\n\n{_table(('', ''), rows)}"
        )
    return "\n" + "\n".join(texts) + "\n"


# --- the command line ----------------------------------------------------------------------------


def command_options(verb: str = "") -> str:
    """The arguments and options of a verb; without one, those before the verb."""
    rows = [
        (_names(parameter), _option_default(parameter), _cell(_help(parameter)))
        for parameter in command(verb).params
        if parameter.name != "help"
    ]
    return _table(("option", "default", "meaning"), rows) if rows else "No options.\n"


def verbs() -> str:
    """Every verb in one line."""
    rows = [
        (f"[`{name}`](#deskpulse-{name})", text.removesuffix(".")) for name, text in VERBS.items()
    ]
    return _table(("verb", "what it does"), rows)


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        shown = str(parameter.metavar or parameter.name).upper()
        return f"`{shown}`" + (" ..." if parameter.nargs == -1 else "")
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        names += " " + " \\| ".join(f"`{each.value}`" for each in kind)
    return names + (" (repeat for more)" if getattr(parameter, "multiple", False) else "")


def _option_default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    if value is None or isinstance(value, bool) or value in ((), []):
        return ""
    return f"`{getattr(value, 'value', value)}`"


def _help(parameter: Any) -> str:
    return str(getattr(parameter, "help", "") or "").removesuffix(".")


# --- connectors ----------------------------------------------------------------------------------


def quality() -> str:
    """Every built-in connector's quality card: one line each, and why a row is exempt.

    The contracts are not run here: tests/kit runs them.
    """
    cards = [
        card_of(connector, lambda *_: (True, "run by the tests"))
        for name, connector in sorted(load_plugins(only=["deskpulse"]).connectors.items())
        if connector.__module__.startswith("deskpulse_connectors.")
    ]
    lines = [
        (f"[`{card.connector}`]({card.connector}.md)", *(row.answer for row in card.rows))
        for card in cards
    ]
    asked = "".join(f"- **{name}**: {question}\n" for name, question in QUESTIONS.items())
    excused = [
        (f"`{card.connector}`", row.name, _cell(row.text))
        for card in cards
        for row in card.rows
        if row.answer == "exempt"
    ]
    table = _table(("connector", *QUESTIONS), lines)
    return f"{table}\n{asked}\n{_table(('connector', 'exempt', 'because'), excused)}"


# --- tables --------------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:], ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


MAKERS: Mapping[str, Callable[..., str]] = {
    "settings": settings,
    "kpi-list": kpi_list,
    "kpi-definitions": kpi_definitions,
    "command-options": command_options,
    "verbs": verbs,
    "quality": quality,
}


def main() -> None:
    """Write every generated part anew."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if (fresh := rewritten(text)) != text:
            page.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()

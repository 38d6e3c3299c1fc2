"""Settings as a TOML file writes them, beside the models that read them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from deskpulse.config import Config, load
from deskpulse.config.alerts import QuietTable, RouteTable, RuleTable
from deskpulse.config.config import TOP
from deskpulse.config.hours import calendar_of
from deskpulse.config.plans import route_of
from deskpulse.config.policies import ConditionTable, PolicyTable
from deskpulse.config.privacy import PrivacyTable
from deskpulse.config.tables import (
    CalendarTable,
    DigestTable,
    MartTable,
    ScheduleTable,
    SourceTable,
    StoreTable,
)
from deskpulse.plugins import Registry
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.kpis.targets import Targets, known
from deskpulse_reports.mart.custom import columns_of

SECRET = "secret-for-tests"
SECRET_URL = f"https://hooks.example.com/{SECRET}"
CORE: Mapping[str, type[BaseModel]] = {
    "store": StoreTable,
    "mart": MartTable,
    "calendars.X": CalendarTable,
    "sources.X": SourceTable,
    "policies.X": PolicyTable,
    "policies.X.when": ConditionTable,
    "digests.X": DigestTable,
    "rules.X": RuleTable,
    "routes.X": RouteTable,
    "routes.X.quiet": QuietTable,
    "privacy": PrivacyTable,
    "schedule": ScheduleTable,
}
"""Core's tables; a `Config` has a field for each."""


def prepared(text: str, folder: Path, *, top: str = "") -> Config:
    """Load a configuration whose secrets and files are all there; raises `ConfigError`."""
    names = re.findall(r'env = "(\w+)"', text)
    environ = {name: SECRET_URL if name.endswith("_URL") else SECRET for name in names}
    for name in re.findall(r'file = "([^"]+)"', text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
        path.chmod(0o600)
    for name in re.findall(r'ca_file = "([^"]+)"', text):
        (folder / Path(name).name).touch()
    path = folder / "config.toml"
    path.write_text(top + text, encoding="utf-8")
    return load(path, environ)


@dataclass(frozen=True)
class Set:
    """One table of settings: where it stands, as it was written, and as it was read."""

    place: str
    model: BaseModel
    written: Mapping[str, Any]

    @property
    def fields(self) -> set[str]:
        """The keys that stand in the file."""
        return set(self.written) & set(keys(type(self.model)))


def keys(model: type[BaseModel]) -> dict[str, str]:
    """What a file calls each field, and what Python does: `for` is no name there."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def read_all(config: Config, registry: Registry) -> list[Set]:
    """Every table of a configuration, plugins' tables and nested ones too."""
    raw = config.document.values
    found = [
        Set("store", config.store, raw.get("store", {})),
        Set("mart", config.mart, raw.get("mart", {})),
        Set("privacy", config.privacy, raw.get("privacy", {})),
        Set("schedule", config.schedule, raw.get("schedule", {})),
    ]
    for name, table in config.calendars.items():
        calendar_of(config, name)
        found.append(Set(f"calendars.{name}", table, raw["calendars"][name]))
    for name, policy in config.policies.items():
        found += nested(f"policies.{name}", policy, raw["policies"][name])
    for name, table in config.digests.items():
        found.append(Set(f"digests.{name}", table, raw["digests"][name]))
    for name, table in config.sources.items():
        found.append(Set(f"sources.{name}", table, raw["sources"][name]))
        plugged = config.source_settings[name]
        model = registry.connectors[plugged.use].Config
        settings = config.plugin_settings("sources", plugged, model)
        found += nested(f"sources.{name}", settings, plugged.values)
    for name, plugged in config.notifiers.items():
        model = registry.notifiers[plugged.use].Config
        settings = config.plugin_settings("notifiers", plugged, model)
        found += nested(f"notifiers.{name}", settings, plugged.values)
    for name, plugged in config.rule_settings.items():
        model = registry.rules[plugged.use].Config
        settings = config.plugin_settings("rules", plugged, model)
        found += nested(f"rules.{name}", settings, plugged.values)
    for name, table in config.rules.items():
        found.append(Set(f"rules.{name}", table, raw["rules"][name]))
    for name, table in config.routes.items():
        route_of(config, name)
        found += nested(f"routes.{name}", table, raw["routes"][name])
    customs = columns_of(config.mart.custom)
    catalog = Catalog.build(registry.kpis.values(), config.kpis, customs=customs)
    for name, values in config.kpis.items():
        found.append(Set(f"kpis.{name}", catalog[name], {"kind": "measure"} | dict(values)))
    targets = Targets.build(config.targets, known(catalog), config.document.where)
    for kpi, values in config.targets.items():
        own = {key: value for key, value in values.items() if key in Target.model_fields}
        target = targets.of(kpi, {}, values.get("clock", ""), values.get("every"))
        if target is not None:
            found.append(Set(f"targets.{kpi}", target, own))
    return found


def nested(place: str, model: BaseModel, written: Mapping[str, Any]) -> Iterator[Set]:
    """A table and the tables within it."""
    yield Set(place, model, written)
    for name, value in written.items():
        read = getattr(model, name, None)
        if isinstance(value, list) and isinstance(read, list):
            ours = read[-len(value) :] if value else []
            for inner, raw in zip(ours, value, strict=True):
                if isinstance(inner, BaseModel):
                    yield from nested(f"{place}.{name}", inner, raw)
        elif isinstance(read, BaseModel):
            yield from nested(f"{place}.{name}", read, value)
        elif isinstance(read, dict) and isinstance(value, dict):
            for key, inner in read.items():
                if isinstance(inner, BaseModel):
                    raw = _at(value, key)
                    if isinstance(raw, dict):
                        yield from nested(f"{place}.{name}.{key}", inner, raw)


def _at(values: Mapping[str, Any], key: str) -> Any:
    if key in values:
        return values[key]
    outer, _, inner = key.partition(".")
    return values[outer][inner]


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A settings model and every model within it."""
    found = {model}
    for info in model.model_fields.values():
        for inner in _models_in(info.annotation):
            found |= models(inner)
    return found


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for arm in get_args(annotation) for model in _models_in(arm)}


@dataclass(frozen=True)
class Line:
    """`key = value  # words`, and the table that it stands in."""

    number: int
    table: str
    key: str
    value: Any
    words: str


def lines(text: str) -> list[Line]:
    """The settings of a file that writes each on one line, with its comment."""
    found, table = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\[+([^\]]+)\]+", line)
        pair = re.match(r"([\w.\"]+) = ", line)
        if header:
            table = header[1].replace('"', "")
        elif pair:
            value = tomllib.loads(line)
            for step in pair[1].replace('"', "").split("."):
                value = value[step]
            words = line.rpartition("# ")[2] if "# " in line else ""
            found.append(Line(number, table, pair[1], value, words))
    return found


__all__ = [
    "CORE",
    "SECRET",
    "TOP",
    "Line",
    "Set",
    "keys",
    "lines",
    "models",
    "prepared",
    "read_all",
]

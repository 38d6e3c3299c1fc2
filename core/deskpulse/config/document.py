"""A TOML file and where in it things are, so that an error can name file, table and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from deskpulse.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
_TABLE = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed configuration file."""

    path: Path
    text: str
    values: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read and parse; raises `ConfigError` naming file and line."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(
                f"{path} does not exist", hint="Run `deskpulse init` to write one."
            ) from None
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigError(f"{path} cannot be read: {problem}") from None
        try:
            return cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as problem:
            raise ConfigError(
                f"{path} is not valid TOML: {problem}",
                hint="Text values need quotes; every key may appear once in its table.",
            ) from None

    def where(self, table: str, key: str = "") -> str:
        """`config.toml line 12: [sources.support] url`."""
        line = self._line(table, key)
        place = f"{self.path.name} line {line}" if line else self.path.name
        return f"{place}: {_name(table, key)}"

    def _line(self, table: str, key: str) -> int | None:
        """The line of the key, else of its table's header; a key may itself be a sub-table."""
        found = None
        inside = not table
        for number, text in enumerate(self.text.splitlines(), 1):
            header = _TABLE.match(text)
            if header:
                name = header[1].replace('"', "").replace("'", "").replace(" ", "")
                if key and name == f"{table}.{key}".lstrip("."):
                    return number
                inside = name == table.replace(" ", "")
                found = number if inside else found
            elif inside and key and re.match(rf'\s*["\']?{re.escape(key)}\b', text):
                return number
        return found

    def build(self, model: type[M], values: Any, table: str) -> M:
        """Validate one table; raises `ConfigError` naming line, key, what came, what is allowed."""
        if not isinstance(values, Mapping):
            raise ConfigError(f"{self.where('', table)} must be a table: write [{table}]")
        try:
            return model.model_validate(dict(values), context={"base": self.path.parent})
        except ValidationError as problem:
            raise self._explain(model, table, problem) from None

    def _explain(self, model: type[BaseModel], table: str, problem: ValidationError) -> ConfigError:
        texts = []
        for error in problem.errors(include_url=False, include_input=False, include_context=False):
            steps = [str(step) for step in error["loc"]]
            key = steps[0] if steps else ""
            place = self.where(table, key)
            dotted = ".".join(steps[1:])
            place += f".{dotted}" if dotted else ""
            if error["type"] == "extra_forbidden":
                names = _fields_at(model, steps[:-1])
                texts.append(f"{place} is not a setting; {nearest(steps[-1], names)}")
            elif error["type"] == "missing":
                texts.append(f"{place} is missing")
            else:
                texts.append(f"{place}: {error['msg'].removeprefix('Value error, ')}")
        return ConfigError("; ".join(texts), hint=f"Edit {self.path}.")


def nearest(came: str, allowed: Iterable[str]) -> str:
    """`did you mean "zendesk"? allowed: files, zendesk`."""
    names = sorted(allowed)
    close = difflib.get_close_matches(came, names, n=1)
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f"{guess}allowed: {', '.join(names) or 'none'}"


def _fields_at(model: type[BaseModel], steps: list[str]) -> list[str]:
    fields = model.model_fields
    for step in steps:
        info = fields.get(step)
        inner = getattr(info, "annotation", None)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            fields = inner.model_fields
    return [info.alias or name for name, info in fields.items()]


def _name(table: str, key: str) -> str:
    if table and key:
        return f"[{table}] {key}"
    return f"[{table}]" if table else key

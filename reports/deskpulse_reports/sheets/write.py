"""Write a sheet into a file whose ending says the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deskpulse.errors import ConfigError, StoreError
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.sheets import csv_file, parquet_file, xlsx_file
from deskpulse_reports.sheets.sheet import Sheet

_FORMS = {
    ".csv": csv_file.render,
    ".xlsx": xlsx_file.render,
    ".parquet": parquet_file.render,
}
JSON = ".json"


def check(path: Path) -> None:
    """Raise ConfigError for an ending that says nothing; ask before any work is done."""
    known = (*_FORMS, JSON)
    if path.suffix.lower() not in known:
        raise ConfigError(
            f"the name {path.name!r} does not say what to write"
            f"{nearest(path.suffix, known)}: {allowed(known)}"
        )


def write(sheet: Sheet, data: Any, path: Path) -> None:
    """Write `sheet` as CSV, XLSX or Parquet, or `data` (the same as plain values) as JSON.

    A file that is there is replaced only once the new one is whole. Raises ConfigError for an
    ending that says nothing, StoreError where the file cannot be written.
    """
    check(path)
    form = path.suffix.lower()
    content = _json(data) if form == JSON else _FORMS[form](sheet)
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {problem.strerror}") from None


def _json(data: Any) -> bytes:
    import orjson

    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

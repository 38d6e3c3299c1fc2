"""The manifest: what it says, and what is read where there is none or a damaged one."""

import orjson
import pytest

from deskpulse.errors import StoreError
from deskpulse_reports.mart.manifest import NAME, Manifest, publish, read

FULL = Manifest(
    version=3,
    settings="s",
    derived_at="2026-01-05T09:00:00+00:00",
    counts={"ticket": 2},
    base={"tickets": {"2026-01": ["tickets/a.parquet", "tickets/b.parquet"]}, "orders": {}},
    overlay={"tickets": "tickets/c.parquet"},
    keys={"ticket": "keys/d.parquet"},
    complete_to={"desk": "2026-01-05T08:00:00+00:00"},
)


def test_what_is_published_is_read(tmp_path):
    publish(tmp_path, FULL)
    assert read(tmp_path) == FULL
    publish(tmp_path, Manifest(version=4))
    assert read(tmp_path) == Manifest(version=4)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_it_names_every_file():
    assert FULL.files() == {
        "tickets/a.parquet",
        "tickets/b.parquet",
        "tickets/c.parquet",
        "keys/d.parquet",
    }


def test_without_one_the_mart_is_empty(tmp_path):
    assert read(tmp_path) == Manifest()


def test_one_of_another_format_is_as_none(tmp_path):
    (tmp_path / NAME).write_bytes(orjson.dumps({"format": 1, "version": 9, "overlay_keys": "x"}))
    assert read(tmp_path) == Manifest()


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_one_says_what_to_do(tmp_path, damaged):
    (tmp_path / NAME).write_bytes(damaged)
    with pytest.raises(StoreError, match=NAME) as caught:
        read(tmp_path)
    assert "deskpulse derive --all" in caught.value.hint

"""The mart: fact tables as Parquet files, one snapshot at a time."""

from deskpulse_reports.mart.manifest import Manifest
from deskpulse_reports.mart.refresh import DeriveReport, MartRefresh

__all__ = ["DeriveReport", "Manifest", "MartRefresh"]

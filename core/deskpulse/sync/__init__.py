"""Incremental sync: rows, cursor and dirty marks in one transaction per page."""

from deskpulse.sync.engine import SyncEngine
from deskpulse.sync.guard import Privacy
from deskpulse.sync.progress import Progress, Silent
from deskpulse.sync.report import StreamReport, SyncReport

__all__ = ["Privacy", "Progress", "Silent", "StreamReport", "SyncEngine", "SyncReport"]

"""A simulated Gmail mailbox; `python -m ...simulators.gmail` runs it as a process."""

from deskpulse_connectors.simulators.gmail.simulator import GmailSimulator

__all__ = ["GmailSimulator"]

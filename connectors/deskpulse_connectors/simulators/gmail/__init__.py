"""A simulated Gmail mailbox that a support team shares."""

from deskpulse_connectors.simulators.gmail.simulator import GmailSimulator

__all__ = ["GmailSimulator"]

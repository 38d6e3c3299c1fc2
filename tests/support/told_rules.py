"""A rule type that says what a test has written into a file, so that processes can share it."""

import json
from pathlib import Path

from pydantic import Field

from deskpulse.rule import Rule, Signal


class Told(Rule):
    """Each line of the file is a signal as JSON."""

    name = "told"

    class Config(Rule.Config):
        """Where the signals stand."""

        path: str = Field(description="A file with a signal a line.")

    def signals(self, desk):
        for line in Path(self.config.path).read_text().splitlines():
            said = {"condition": "holds", "title": "Ticket waits", "summary": "It waits too long"}
            yield Signal(**(said | json.loads(line)))

    def mistakes(self, desk):
        if not Path(self.config.path).exists():
            yield f"{self.config.path} is not there"

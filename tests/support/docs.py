"""The documentation: its pages, their code blocks, and what stands in front of a block.

A line `<!-- test: ... -->` before a block tells the tests what readers need not see:

    run in an empty folder     the block's commands start without a configuration
    file NAME                  the block is the content of a file, or the next part of it
    row of KIND                the block has the shape of a row on the example's tape
    output of COMMAND          the block shows what the command prints
    shape of COMMAND           the block shows the keys that the command's JSON has
    answer of PATH or COMMAND  the block is what a server or a command answers
    run with these files       the block's commands run beside the page's files
    run on a copy of the store the block is SQL
    the receiver's side        the block verifies what a test really sends
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(
    r"(?:^<!-- test: (?P<told>.*?) -->\n)?^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block of code."""

    page: str
    line: int
    language: str
    text: str
    told: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Every page that people read, from the README on."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    return [*found, *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("examples/**/*.md"))]


def blocks(*languages: str) -> list[Block]:
    """Every block in one of these languages; without one, every block."""
    found = [block for page in pages() for block in blocks_of(page)]
    return [block for block in found if not languages or block.language in languages]


def blocks_of(page: Path) -> Iterator[Block]:
    """A page's blocks in order."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("language")) + 1
        name = page.relative_to(ROOT).as_posix()
        yield Block(name, line, found["language"], found["text"], found["told"] or "")

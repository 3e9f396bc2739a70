"""Tables of figures: printed, and kept in docs/measurements.md, which nobody types."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.engines import ROOT

DOCUMENT = ROOT / "docs" / "measurements.md"
HEAD = """# Measurements

Written by `make bench ARGS="--write"`; nothing here is typed by hand. Each table says when it was measured, on which
commit and machine: figures of one table belong together, those of two tables perhaps not. *Bar* is what the design asks
for (`ok`, or what is over). What stands beside a figure was measured in the same run: the same rows in plain SQL, plain
inserts, or what the link or the processor allows.
"""


@dataclass
class Table:
    """Figures that belong together; the first column names the row. `missed` tells that a bar was missed."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""
    missed: bool = False

    def verdict(self, is_ok: bool, bar: str) -> str:
        """The words for a bar; one that is missed is remembered."""
        self.missed = self.missed or not is_ok
        return f"{bar}: ok" if is_ok else f"{bar}: OVER"


def show(table: Table) -> None:
    """Print it for a terminal."""
    lines = [table.columns, *table.rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(table.columns))]
    print(f"\n== {table.title} ==")
    for line in lines:
        _first, *others = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        print(line[0].ljust(widths[0]), *others, sep="  ")
    if table.note:
        print(table.note)


def write(tables: Iterable[Table]) -> None:
    """Put the tables into the document, each in the place of an earlier one with the same title, or at the end."""
    sections = _sections(DOCUMENT)
    for table in tables:
        sections[table.title] = _markdown(table)
    DOCUMENT.write_text(HEAD + "".join(f"\n## {title}\n\n{text}" for title, text in sections.items()), "utf-8")


def _sections(path: Path) -> dict[str, str]:
    text = path.read_text("utf-8") if path.exists() else ""
    parts = re.split(r"^## (.+)\n\n", text, flags=re.MULTILINE)[1:]
    return {title: body.rstrip() + "\n" for title, body in zip(parts[::2], parts[1::2], strict=True)}


def _markdown(table: Table) -> str:
    head = ["| " + " | ".join(table.columns) + " |", "|---" + "|--:" * (len(table.columns) - 1) + "|"]
    lines = [*head, *("| " + " | ".join(row) + " |" for row in table.rows)]
    note = f"\n{table.note}\n" if table.note else ""
    return "\n".join(lines) + f"\n{note}\n{where()}\n"


def where() -> str:
    """When, on what commit and machine, and how busy it was: of a load far over the cores only the ratios tell."""
    day = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[1]
    return (
        f"*{day}, commit {_commit()}; {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}; load while measuring {busy:.1f}.*"
    )


def _commit() -> str:
    def git(*command: str) -> str:
        done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "lgnet", "bench")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if changed else "")


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, flags=re.MULTILINE)
    return found[1].strip() if found else platform.machine()

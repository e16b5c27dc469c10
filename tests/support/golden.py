"""The golden logs, for tests that do something to them."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden"
LOGS = {log.stem: log.read_bytes() for log in sorted(FOLDER.glob("*.log"))}
LINES = tuple(line for text in LOGS.values() for line in text.splitlines())

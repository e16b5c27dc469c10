"""Where the shipped rules are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_INSTALLED = Path(__file__).parents[1] / "shipped_rules"
_CHECKOUT = Path(__file__).parents[2] / "rules"


def shipped_rules() -> list[tuple[str, str]]:
    """Return (file name, text) of each shipped rule, in the order of their names."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return [(str(path), path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]

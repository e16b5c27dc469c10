"""The rule files of this folder, and what a user reads about one."""

from pathlib import Path

from ollama_watch.app.config import load_config
from ollama_watch.errors import UserError
from ollama_watch.verify.shipped import files_of, shipped_folder

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))
SHIPPED = files_of(shipped_folder())


def told(*files: Path) -> str:
    """Return what is wrong with the user's rule files, without their folder; "" if nothing is."""
    try:
        load_config(None, files)
    except UserError as error:
        return str(error).replace(f"{HERE / 'broken'}/", "") + "\n"
    return ""

"""The command `python -m tests.docs`: write the pages anew."""

from tests.docs.pages import PAGES


def main() -> None:
    for path, page in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

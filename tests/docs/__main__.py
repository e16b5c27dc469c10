"""The command `python -m tests.docs`: write the pages anew."""

from tests.docs.pages import PAGES


def main() -> None:
    for path, text in PAGES.items():
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()

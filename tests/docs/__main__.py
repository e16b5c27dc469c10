"""The command `python -m tests.docs`: write the pages anew."""

from tests.docs.rules import PAGE, page


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

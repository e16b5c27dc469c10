"""Prints each entry of ollama.service that comes to the journal, and when a bare reader saw it.

What journald itself takes to tell of an entry is what this takes: it batches its wake-ups.
"""

import sys
import time

from systemd import journal


def main() -> None:
    reader = journal.Reader()
    reader.add_match("_SYSTEMD_UNIT=ollama.service")
    reader.get_events()
    reader.seek_tail()
    reader.get_previous()
    sys.stdout.write("ready\n")
    while True:
        sys.stdout.flush()
        reader.wait()
        now = time.monotonic()
        for entry in reader:
            sys.stdout.write(f"{now} {entry['MESSAGE']}\n")


if __name__ == "__main__":
    main()

"""Lines that nobody would write, by the million. See README.md."""

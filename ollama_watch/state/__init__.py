"""From events to launches with all that is known about them. No I/O, no clock."""

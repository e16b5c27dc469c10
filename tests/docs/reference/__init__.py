"""The pages below packaging/reference."""

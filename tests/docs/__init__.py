"""Pages of the project that are made from its own tables."""

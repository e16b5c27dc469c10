"""Watches Ollama's server log and tells when a model runs with other arguments than you think."""

VERSION = "0.1.0"  # also in pyproject.toml; to ask for what is installed costs a start 20 ms

"""Watches Ollama's server log and tells when a model runs with other arguments than you think."""

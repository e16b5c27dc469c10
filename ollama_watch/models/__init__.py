"""Ollama's models on this machine: what a blob is called, what its layers ask for, what its header says."""

"""What this machine says about Ollama besides its log: units, processes, shells' files, who may read what."""

"""A rule file as a user may have it, and a log that breaks its rule."""

from tests.support.ollama_log import OllamaLog

FOUR_SLOTS = str(OllamaLog().server("0.32.1", tier=4096).runs(ctx=8192, parallel=4))
MINE = """\
rules:
  - id: one-slot
    severity: warning
    summary: "{model} has {parallel} slots"
    expect: {parallel: 1}
    cases:
      - {name: four slots, file: four.log, alerts: [{actual: 4}]}
  - id: context-small
    severity: info
"""

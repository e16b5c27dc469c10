# `make run` and `make test` do all set-up themselves; `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
FLOOR := .venv-floor
MINUTES ?= 10
FUZZ_LINES ?= 1000000
HOSTS ?= 200
# Processes of the suite: more than two cores, for most tests wait for a server. 0: one test after the other.
WORKERS ?= 3
PIP_QUIETLY := --quiet --disable-pip-version-check
# The suite starts Python a thousand times: modules are compiled once, also where the user wants no such files.
export PYTHONDONTWRITEBYTECODE :=

# Tests that measure time come last, with nothing beside them.
define suite
	$(1)/python -m pytest -m 'not alone' -n $(WORKERS) --dist loadfile
	$(1)/python -m pytest -m alone
endef

.PHONY: help run demo test torture fuzz fuzz-guided check format test-floor memory bench fleet mutants docs pictures deb clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done

run: .venv/installed ## watch the Ollama of this machine; if there is none, play the demo
	$(BIN)/ollama-watchd run --demo-if-none

demo: .venv/installed ## a simulated Ollama, watched by the real daemon
	$(BIN)/ollama-watchd demo

test: .venv/dev ## the whole suite; a test whose server is not installed says which package has it
	$(call suite,$(BIN))

torture: .venv/dev ## kill the daemon again and again under rotation of every kind, for MINUTES=10
	$(BIN)/python -m tests.torture --minutes $(MINUTES)

fuzz: .venv/dev ## a million mutated lines through the parser and what it feeds
	$(BIN)/python -m tests.fuzz --lines $(FUZZ_LINES)

fuzz-guided: .venv/dev ## the same led by coverage, for MINUTES=10; needs `pip install atheris`
	$(BIN)/python -m tests.fuzz.guided -max_total_time=$$(($(MINUTES) * 60)) -seed=4

check: .venv/dev ## ruff, format, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev ## write the code as `make check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-floor: $(FLOOR)/installed ## the suite on the oldest libraries: Debian 12's own, under /usr/bin/python3
	$(call suite,$(FLOOR)/bin)

memory: .venv/dev ## a day of log at speed: private memory must stay flat
	$(BIN)/python -m tests.bench.memory

bench: .venv/dev ## how fast and how large it is, each figure beside its bound: tests/bench/README.md
	$(BIN)/python -m tests.bench

fleet: .venv/dev ## HOSTS=200 simulated machines, scraped by a real Prometheus: what they cost it
	$(BIN)/python -m tests.fleet --hosts $(HOSTS)

mutants: .venv/dev ## alter each shipped rule in every spot: its cases have to notice
	$(BIN)/python -m tests.mutants

docs: .venv/dev ## make the pages again that are made from tables
	$(BIN)/python -m tests.docs

deb: ## the Debian packages, into dist/; needs the packages of the second group in .ci/packages
	packaging/build-deb

pictures: .venv/dev ## make the README's pictures again
	$(BIN)/python -m tests.pictures.desktop packaging/pictures
	$(BIN)/python -m tests.pictures.page packaging/pictures

.venv/bin/python:
	$(PYTHON) -m venv .venv

# systemd-python is compiled against libsystemd's headers; without them the daemon reads `journalctl`.
.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/pip install $(PIP_QUIETLY) --editable '.[desktop]'
	@if pkg-config --exists libsystemd 2>/dev/null && $(BIN)/pip install $(PIP_QUIETLY) --editable '.[journal]'; \
	then echo 'journal: read by systemd-python'; \
	else echo 'journal: read by journalctl (systemd-python needs libsystemd-dev, pkg-config and gcc)'; fi
	@touch $@

.venv/dev: .venv/installed
	$(BIN)/pip install $(PIP_QUIETLY) --editable '.[desktop,dev]'
	@touch $@

# Debian's libraries are seen through the venv; only what Debian does not have comes from PyPI.
$(FLOOR)/installed: pyproject.toml
	/usr/bin/python3 -c 'import hypothesis, jeepney, prometheus_client, pytest, pytest_timeout, systemd, watchdog, xdist, yaml' || \
		{ echo 'missing: see .ci/packages' >&2; exit 1; }
	/usr/bin/python3 -m venv --system-site-packages $(FLOOR)
	$(FLOOR)/bin/pip install $(PIP_QUIETLY) --no-deps --editable .
	$(FLOOR)/bin/pip install $(PIP_QUIETLY) --no-deps kubernetes-validate uv xllamacpp
	@touch $@

clean: ## forget everything that was installed and built
	rm -rf .venv $(FLOOR) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

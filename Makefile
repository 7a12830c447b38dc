# Every target sets up what it needs: a virtual environment with the locked dependencies. Nothing else is asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.PHONY: demo serve test check verify lint fuzz fuzzapi bench chaos image lock oracles clean help

help:
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/runtime ## every part for real: jury solutions of every kind over HTTP, their verdicts in a table
	@$(BIN)/judge demo

serve: $(VENV)/runtime ## a judge on this machine until Ctrl-C
	@$(BIN)/judge serve

test: $(VENV)/dev ## all tests; what the machine lacks is skipped with the reason
	@$(BIN)/python -m pytest -n 2 --dist worksteal

verify: $(VENV)/runtime ## prove every package in Docker and in local boxes, and measure its hidden tests
	@$(BIN)/judge image build
	@$(BIN)/judge verify --box docker
	@$(BIN)/judge verify --box local
	@$(BIN)/judge mutate --all --box local

lint: $(VENV)/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint test ## ruff, ruff format, mypy --strict and the tests

chaos: $(VENV)/dev ## faults at random under load, a table of what was lost; CHAOS="--seed 7 --submissions 100" for others
	@$(BIN)/judge image build
	@$(BIN)/python tests/chaos/run.py $(CHAOS)

SECONDS ?= 600
fuzz: $(VENV)/fuzz ## feed the wire between worker and box hostile bytes for ten minutes, or SECONDS=20
	@$(BIN)/python tests/fuzz/wire_fuzzer.py --seconds $(SECONDS)

API_EXAMPLES ?= 500
fuzzapi: $(VENV)/dev ## hold the API against its OpenAPI document, by 500 cases of each operation, or API_EXAMPLES=50
	@API_EXAMPLES=$(API_EXAMPLES) $(BIN)/python -m pytest -n 2 --dist worksteal tests/api/test_api_schemathesis.py

bench: $(VENV)/dev ## the figures of README, measured here
	@$(BIN)/judge bench

image: $(VENV)/runtime ## the sandbox image for Docker boxes
	@$(BIN)/judge image build

lock: $(VENV)/dev ## write the lock files anew from pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --no-header --upgrade --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --no-header --upgrade --extra dev --constraint requirements.lock --allow-unsafe \
	  --output-file requirements-dev.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --no-header --upgrade --extra fuzz --constraint requirements.lock --allow-unsafe \
	  --output-file requirements-fuzz.lock pyproject.toml

oracles: .oracles/done ## other judges of packages, to be compared with: Kattis' problemtools and BAPCtools

.oracles/done: Makefile
	@echo "setting up .oracles"
	@$(PYTHON) -m venv .oracles
	@.oracles/bin/python -m pip --disable-pip-version-check -qq install --prefer-binary problemtools bapctools
	@touch $@

clean:
	rm -rf $(VENV) .oracles .fuzz build *.egg-info .pytest_cache .mypy_cache .ruff_cache

# A stamp is newer than its lock file only when the whole installation went well.
$(VENV)/runtime: requirements.lock pyproject.toml
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --prefer-binary -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	@echo "adding the tools of development"
	@$(PIP) install --require-hashes --prefer-binary -r requirements-dev.lock
	@touch $@

$(VENV)/fuzz: requirements-fuzz.lock $(VENV)/dev
	@echo "adding the fuzzer"
	@$(PIP) install --require-hashes --prefer-binary -r requirements-fuzz.lock
	@touch $@

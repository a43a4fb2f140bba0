# Everything a newcomer, a developer and the checks need. `make` alone lists the targets.

SAM_CLI := aws-sam-cli==1.170.0
PORT    ?= 8080
PYTHON  ?= $(shell for p in python3.13 python3.14 python3.12 python3.11 python3; do \
             $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
PIP  = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Lint and translation want a region to be named; nothing here reaches it.
export AWS_DEFAULT_REGION ?= us-east-1
export SAM_CLI_TELEMETRY := 0
export TZ := UTC

PACKAGES := $(wildcard layers/*/requirements.txt)

.DEFAULT_GOAL := help
JOURNEY := docs/journeys/cart.yaml
SCRIPT  := docs/journeys/cart.script.yaml

.PHONY: help run simulate test prove story lint style types template bundle machines bench build clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/local ## Install, start the local stack with a small shop, tell a story, serve until stopped (PORT=8080)
	@exec $(BIN)/python -m local serve --port $(PORT)

simulate: .venv/local ## Show what a journey in a file would do: make simulate JOURNEY=<file> SCRIPT=<file>
	@PYTHONPATH=layers/core $(BIN)/python -m local.simulate $(JOURNEY) $(SCRIPT)

test: .venv/tests lint ## Install, then everything CI runs: lint, types and all tests but the slow proofs
	@echo "Tests"
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not prove"

prove: .venv/tests ## The slower proofs: more examples, longer histories
	@echo "Proofs (long; for one of them: HYPOTHESIS_PROFILE=prove .venv/bin/python -m pytest -m prove <file>)"
	@HYPOTHESIS_PROFILE=prove $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m prove

story: .venv/tests ## Run every story of tests/stories and print one line each
	@$(BIN)/python -m pytest -q -p no:cacheprovider -r N --no-header --story tests/stories

lint: .venv/tests .venv-sam/bin/sam ## Style, types, the template, and each state machine
	@$(MAKE) --no-print-directory -j 2 types template bundle machines style

style:
	@echo "Style";    $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types:
	@echo "Types";    $(BIN)/mypy --no-error-summary

template:
	@echo "Template"; $(BIN)/cfn-lint template.yaml

bundle:
	@echo "Bundle";   .venv-sam/bin/sam validate --lint >/dev/null

machines:
	@for machine in $$(find functions -name '*.asl.json'); do echo "$$machine"; $(BIN)/statelint $$machine || exit 1; done

bench: .venv/bench ## Measure against named baselines, outputs compared first
	@$(BIN)/python -m bench

build: .venv/bin/python .venv-sam/bin/sam ## Build what is deployed: arm64, python3.13, no container (sam build)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || \
	  { echo "make build needs Python 3.13, the version the functions run on. Install it, then: make clean build"; exit 1; }
	@echo "Building into .aws-sam (half a minute)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" .venv-sam/bin/sam build --cached --parallel

clean: ## Remove what the targets above have made
	rm -rf .venv .venv-sam .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments. Each file named here is a stamp: it is older than its requirements, or all is installed.

.venv/bin/python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Shopkeeper needs Python 3.11 or newer (3.13 is what it runs on in AWS); $(if $(PYTHON),$(PYTHON) is not,none was found)."; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Python's venv module does not work here. On Debian or Ubuntu: apt install python3-venv"; exit 1; }

NO_NETWORK = { echo "Packages could not be installed. Is the package index reachable from here? (pip says why above.)"; exit 1; }

.venv/local: .venv/bin/python local/requirements.txt $(PACKAGES)
	@echo "Installing the local stack (a minute the first time)"
	@$(PIP) -r local/requirements.txt || $(NO_NETWORK)
	@touch $@

.venv/tests: .venv/local tests/requirements.txt
	@echo "Installing the test tools"
	@$(PIP) -r tests/requirements.txt || $(NO_NETWORK)
	@touch $@

.venv/bench: .venv/local bench/requirements.txt
	@echo "Installing the baselines"
	@$(PIP) -r bench/requirements.txt || $(NO_NETWORK)
	@touch $@

.venv-sam/bin/sam: Makefile | .venv/bin/python
	@echo "Installing the SAM command line, which pins an older boto3, into an environment of its own"
	@$(BIN)/python -m venv .venv-sam
	@.venv-sam/bin/python -m pip install --quiet --disable-pip-version-check "$(SAM_CLI)" || $(NO_NETWORK)
	@touch $@

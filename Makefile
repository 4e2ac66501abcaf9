# Shouwang: the commands of this project. `make help` lists them.

UV_VERSION := 0.13.9
PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .tools/bin/uv
BIN := .venv/bin
SHELL := /bin/bash

# What Rasa and TensorFlow need to hear before they are imported.
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench evaluate clean preflight

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: setup ## Set up what is missing and start everything
	@exec $(BIN)/shouwang run

setup: .venv/.synced ## Do the set-up alone
	@$(BIN)/shouwang setup

test: setup ## Set up and run every test
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: .venv/.synced ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.synced ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure, and print the budgets beside the figures
	@$(BIN)/python -m benchmarks

evaluate: setup ## Print how well the shipped model understands
	@$(BIN)/python -m benchmarks.understanding

clean: ## Remove what the set-up made; data stays
	rm -rf .venv .tools models console/node_modules console/static/vendor

preflight:
	@bash scripts/preflight "$(PYTHON)"

$(UV): | preflight
	@"$(PYTHON)" -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: $(UV) pyproject.toml uv.lock | preflight
	@echo "正在安装依赖（第一次约 2.5 GB，需要几分钟）……"
	@$(UV) sync --frozen --compile-bytecode --quiet --python "$(PYTHON)"
	@touch $@

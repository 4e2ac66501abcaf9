# Shouwang: the commands of this project. `make help` lists them.

UV_VERSION := 0.13.9
PYTHON ?= python3.11
UV := .tools/bin/uv
BIN := .venv/bin
PACKAGES := actions bot community console shouwang voice

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

check: .venv/.synced ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.synced ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "没有找到 Python 3.11：请先安装 python3.11 和 python3.11-venv，再运行一次。" >&2; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

.venv/.synced: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

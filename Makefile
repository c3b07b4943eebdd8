# Two commands do everything from a clean clone: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint types unit docs verify bench clean

BIN := .venv/bin
OUT ?= out

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.run ## Set up .venv with what running needs, and nothing else

.venv/.run: requirements/core.txt pyproject.toml scripts/setup.sh
	scripts/setup.sh core
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	scripts/setup.sh dev
	@touch $@

demo: install ## Run both countries, plan a week, let a batch fail, set the countries side by side
	$(BIN)/doseline run examples/us-lu177 -o $(OUT)/us-lu177
	$(BIN)/doseline run examples/cn-rlt -o $(OUT)/cn-rlt
	$(BIN)/doseline plan examples/us-lu177 -o $(OUT)/us-lu177-plan
	$(BIN)/doseline replan $(OUT)/us-lu177-plan --event batch_failed:indi-psma-Mon-14 --at 2026-05-04T23:00Z -o $(OUT)/us-lu177-replan
	$(BIN)/doseline plan examples/cn-rlt -o $(OUT)/cn-rlt-plan
	$(BIN)/doseline replan $(OUT)/cn-rlt-plan --event batch_failed:beijing/i131-nai/Tue --at 2026-05-05T10:00Z -o $(OUT)/cn-rlt-replan
	$(BIN)/doseline compare $(OUT)/us-lu177 $(OUT)/cn-rlt -o $(OUT)/compare.html

test: .venv/.dev lint types unit docs ## Run all that CI runs

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.dev
	$(BIN)/mypy

unit: .venv/.dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report=
	$(BIN)/coverage report --include='src/doseline/physics/*,src/doseline/model/*,src/doseline/rules/*,src/doseline/routes/*,src/doseline/plan/*,src/doseline/simulate/*,src/doseline/access/*,src/doseline/rulebook/*,src/doseline/pay/*,src/doseline/claims/*,src/doseline/authorise/*' --fail-under=90

docs: .venv/.dev
	$(BIN)/python scripts/build_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(OUT)/docs

verify: .venv/.dev ## Run the slow proofs and write their table under verification/
	$(BIN)/python -m verification

bench: .venv/.dev ## Run the benchmarks: ratios against peers, with memory
	$(BIN)/python -m benchmarks

clean: ## Remove what was built
	rm -rf .venv $(OUT) site .mypy_cache .ruff_cache .pytest_cache

# newsdesk: `make` lists what can be done. Every target makes what it needs.

PYTHON ?= python3
VENV   ?= .venv
# Environment of the targets; overridden with e.g. `make predict ISSUE=inbox OUT=filed`.
CONFIG ?=
DATA   ?=
MODEL  ?=
ISSUE  ?= examples/sample_issue.md
OUT    ?= filed
FORMAT ?= jsonl
HTML   ?=
PORT   ?=
RESUME ?=
REVIEW ?= review.jsonl
ADD    ?=
RUNS   ?= 3
SENTENCES ?= 2000
TRAIN  ?= 2000
ONLY   ?=
TRIALS ?= 20
BENCH_VENV ?= .venv-bench

NEWSDESK := $(VENV)/bin/newsdesk
READY    := $(VENV)/.ready
DATA_OPTIONS   := $(foreach file,$(DATA),--data $(file))
MODEL_OPTION   := $(if $(MODEL),--model $(MODEL))
CONFIG_OPTION  := $(if $(CONFIG),--config $(CONFIG))
PORT_OPTION    := $(if $(PORT),--port $(PORT))
RESUME_OPTION  := $(if $(RESUME),--resume)
BENCH_READY    := $(BENCH_VENV)/.ready
# Real text lies beside some checkouts; elsewhere our own test split is scored.
BENCH_DATA     := $(or $(DATA),$(wildcard ../shared/eval/*.jsonl))

.DEFAULT_GOAL := help
.PHONY: help setup demo train train-baseline train-transformer train-large tune evaluate compare promote predict review ui serve labels doctor bench test lint clean

help: ## List the targets and their variables
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Variables: CONFIG=recipe.yaml  DATA='a.jsonl b.jsonl'  MODEL=alias|version|folder  ISSUE=path"
	@echo "           OUT=folder  FORMAT=jsonl|csv|parquet  HTML=1  PORT=number  RESUME=1  PYTHON=python3.12  VENV=folder"
	@echo "           REVIEW=file.jsonl  ADD=file.jsonl  TRIALS=number"
	@echo "           RUNS=number  SENTENCES=number  TRAIN=number|full  ONLY=newsdesk,pipeline  BENCH_VENV=folder"

setup: $(READY) ## Make the environment in .venv, every version pinned

# torch comes first, as the pinned build for the processor where the index or the machine offers one.
$(READY): pyproject.toml constraints.txt
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned environment into $(VENV) (a minute or two) ..."
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY) ## Train both models, evaluate, compare, promote, file the sample issue (under 15 minutes)
	@$(MAKE) --no-print-directory train
	@$(NEWSDESK) compare
	@$(NEWSDESK) promote
	@$(NEWSDESK) evaluate $(DATA_OPTIONS)
	@$(NEWSDESK) predict $(ISSUE) --out $(OUT) --format $(FORMAT) --html
	@echo
	@echo "The filed stories are in $(OUT)/stories.$(FORMAT) and as a page beside it; 'make ui' shows the runs in MLflow."

train: $(READY) ## Train both models, or one recipe: CONFIG=configs/baseline.yaml  (DATA=, RESUME=1)
	@$(NEWSDESK) train $(or $(CONFIG),configs/baseline.yaml configs/transformer.yaml) $(DATA_OPTIONS) $(RESUME_OPTION)

train-baseline: $(READY) ## Train the TF-IDF baseline  (DATA=)
	@$(NEWSDESK) train configs/baseline.yaml $(DATA_OPTIONS)

train-transformer: $(READY) ## Train the transformer  (DATA=, RESUME=1)
	@$(NEWSDESK) train configs/transformer.yaml $(DATA_OPTIONS) $(RESUME_OPTION)

# What follows needs a trained model and makes one where there is none.
CHAMPION = @$(NEWSDESK) champion $(CONFIG_OPTION) >/dev/null 2>&1 || \
	($(MAKE) --no-print-directory train CONFIG=$(CONFIG) && $(NEWSDESK) promote $(CONFIG_OPTION))

train-large: $(READY) ## Train the large transformer: fetches 400 MB of weights, takes about an hour  (DATA=, RESUME=1)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,large]'
	@$(NEWSDESK) train configs/transformer_large.yaml $(DATA_OPTIONS) $(RESUME_OPTION)

tune: $(READY) ## Find better values for a recipe, on validation: CONFIG=configs/transformer.yaml  (TRIALS=)
	@$(NEWSDESK) tune $(or $(CONFIG),configs/transformer.yaml) --trials $(TRIALS)

evaluate: $(READY) ## Score a model on our test split, or on DATA='a.jsonl'  (MODEL=, CONFIG=)
	$(CHAMPION)
	@$(NEWSDESK) evaluate $(MODEL_OPTION) $(CONFIG_OPTION) $(DATA_OPTIONS)

compare: $(READY) ## Show the latest runs side by side
	$(CHAMPION)
	@$(NEWSDESK) compare

promote: $(READY) ## Make the best of the latest models the champion, if it beats the present one  (CONFIG=)
	$(CHAMPION)
	@$(NEWSDESK) promote $(CONFIG_OPTION)

predict: $(READY) ## File issues: ISSUE=file-or-folder  (OUT=, FORMAT=, MODEL=, HTML=1, RESUME=1)
	$(CHAMPION)
	@$(NEWSDESK) predict $(ISSUE) --out $(OUT) --format $(FORMAT) $(MODEL_OPTION) $(if $(HTML),--html) $(RESUME_OPTION)

ui: $(READY) ## Show the runs in MLflow on this machine  (PORT=)
	@$(NEWSDESK) ui $(PORT_OPTION)

serve: $(READY) ## Answer texts over HTTP on this machine with the champion  (PORT=, MODEL=)
	$(CHAMPION)
	@$(NEWSDESK) serve $(PORT_OPTION) $(MODEL_OPTION)

review: $(READY) ## Correct what the models were unsure of, on a page of this machine: ISSUE=path  (REVIEW=file, MODEL=)
	$(CHAMPION)
	@$(NEWSDESK) review $(ISSUE) --out $(REVIEW) $(MODEL_OPTION)

labels: $(READY) ## Audit the labelled sentences, or add reviewed ones to them: ADD=review.jsonl
	@$(NEWSDESK) labels $(if $(ADD),add $(ADD))

doctor: $(READY) ## Say what is installed, where models are, and what is missing
	@$(NEWSDESK) doctor

# The peers stay out of the project's own environment.
$(BENCH_READY): pyproject.toml constraints.txt
	@test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	@echo "Installing newsdesk and its peers into $(BENCH_VENV) (some minutes) ..."
	@$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	@$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

bench: $(BENCH_READY) ## Compare newsdesk with its peers  (RUNS=, SENTENCES=, TRAIN=, ONLY=, DATA=)
	@$(BENCH_VENV)/bin/python -m benchmarks.run --runs $(RUNS) --sentences $(SENTENCES) --train $(TRAIN) \
		--only "$(ONLY)" $(foreach file,$(BENCH_DATA),--data $(file))

test: $(READY) ## Run the tests (under 8 minutes)
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile

lint: $(READY) ## Check style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

clean: ## Remove the environments, runs, models, checkpoints and filed stories
	rm -rf $(VENV) $(BENCH_VENV) mlflow.db tuning.db mlartifacts checkpoints backbones filed build *.egg-info .mypy_cache .pytest_cache .ruff_cache

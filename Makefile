# Sameword: Make is the scheduler. One rule, one command, its outputs.
# Prerequisites are files: data, codebooks and the program itself. Nothing to do means nothing runs.
# No .DELETE_ON_ERROR: every command writes whole files or none (pipeline/files.py), and Make 4.3 would delete
# untouched tables of a grouped rule whose command failed.

ifneq (,$(filter 3.% 4.0% 4.1% 4.2%,$(MAKE_VERSION)))
$(error GNU Make 4.3 or newer is needed (this is $(MAKE_VERSION)). On macOS: brew install make, then run gmake)
endif

# Two stages at a time where neither waits for the other; say make -j1 for one, -j8 for more. The bytes are the same.
MAKEFLAGS += --no-builtin-rules --no-builtin-variables -j2
.SUFFIXES:
.DEFAULT_GOAL := help
SHELL := /bin/sh

## STUDY: which study, a folder under codebooks/
STUDY ?= transfer-learning
## EXPORT: the survey tool's file, for make new
EXPORT ?=
## CODER: whose page make review serves
CODER ?=
## BY: who decides in make adjudicate (default: the team)
BY ?=
## FIGURES: which figures make figures draws, e.g. ambiguity (default: all)
FIGURES ?=
## FORMAT: pdf, svg or png (default: all three)
FORMAT ?=
## WIDTH: one-column, two-column, slide, acm-column, ieee-column, nature-column
WIDTH ?=
## CHECK: make figures CHECK=1 says whether the figures are those the tables give
CHECK ?=
## PYTHON: Python 3.11 or newer, to make .venv with
PYTHON ?= python3
## PYTEST: more options for pytest, e.g. PYTEST='-k journal'
PYTEST ?=

# Said once, in no recipe's way: a forgotten STUDY would be the shipped study, beside one's own.
OWN := $(filter-out transfer-learning transfer-learning-15,$(notdir $(patsubst %/,%,$(dir $(wildcard codebooks/*/survey.yaml)))))
OFSTUDY := $(filter report assign collect adjudicate freeze ask instrument public supplement agreement glossary figures check-inputs review,$(MAKECMDGOALS))
ifeq (file,$(origin STUDY))
  ifneq (,$(and $(OWN),$(OFSTUDY)))
    $(info STUDY is not given, so this is $(STUDY), a shipped study. Yours: $(addprefix STUDY=,$(OWN)))
  endif
endif

ifneq (,$(word 2,$(STUDY)))
$(error STUDY is one name without spaces, not '$(STUDY)')
endif

BOOK := codebooks/$(STUDY)
RAW := data/raw/$(STUDY)
P := data/processed/$(STUDY)
R := reports/$(STUDY)
SAMEWORD := .venv/bin/sameword
RUN = $(SAMEWORD) $(1) --study $(STUDY)
# The shell's parent is this Make: its stages share one process that has pandas in memory (pipeline/cli/warm.py).
STAGE = SAMEWORD_WARM=$$PPID $(RUN)
READY := .venv/.installed
READY_DEV := .venv/.installed-dev

GROUND := $(wildcard pipeline/*.py)
room = $(wildcard pipeline/$(1)/*.py pipeline/$(1)/*/*.py) $(wildcard pipeline/cli/$(1)*.py) $(GROUND) $(READY)
table = $(addprefix $(P)/,$(addsuffix .parquet,$(1)))

SURVEY := $(BOOK)/survey.yaml
THEMES := $(wildcard $(BOOK)/themes.yaml)
CHANGES := $(wildcard $(BOOK)/themes-changes.yaml)
GLOSSARY := $(wildcard $(BOOK)/glossary.yaml)
LABELS := $(wildcard $(BOOK)/labels.yaml)
LEDGER := $(wildcard $(RAW)/assignments.csv)
CODINGS := $(wildcard $(RAW)/codings/*)
EXPORTS := $(filter-out %/codings %/assignments.csv %/answers.csv %/asked.csv $(RAW)/followup% %.md,$(wildcard $(RAW)/* $(RAW)/*.parquet/*.parquet $(RAW)/*.parquet/*/*.parquet))
SPACED := $(strip $(wildcard $(RAW)/*\ *) $(wildcard $(RAW)/codings/*\ *))
ifneq (,$(SPACED))
$(error A file name holds a space: '$(SPACED)'. Make cannot follow such names: rename it, for example with hyphens, and run again)
endif

# What a clock that ran ahead has dated in the future would count as newer than every later edit: it counts as old.
AHEAD := $(wildcard $(P)/*.parquet $(R)/*.* $(R)/figures/captions.json)
AHEAD := $(if $(AHEAD),$(shell find $(AHEAD) -newermt '1 minute' -exec touch -t 200001010000 {} + -print 2>/dev/null))
ifneq (,$(AHEAD))
$(info $(words $(AHEAD)) files are dated in the future (did the clock change?): they are made again)
endif

.PHONY: help setup new check-inputs report assign review collect adjudicate freeze ask instrument public supplement agreement glossary figures \
        test lint check bench clean

help: ## Show this help
	@echo "Usage: make TARGET [VARIABLE=value]"; echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'
	@echo; echo "Variables:"
	@sed -n 's/^## \([A-Z]*\): \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup: $(READY) ## Create .venv and install the pinned dependencies

new: $(READY) ## Read EXPORT and write codebooks/STUDY/survey.yaml to edit
	@$(call RUN,new) --export "$(EXPORT)"

check-inputs: $(READY) ## List every fault of every input at once
	@$(call RUN,check-inputs)

report: $(R)/manifest.json ## From the export to report, glossary, agreement and figures
	@echo "$(R)/report.html"; echo "$(R)/report.pdf"; echo "$(R)/report.docx"; echo "$(R)/glossary.html"

assign: $(call table,translations excerpts terms usages machine_codings proposals) ## Hand out work: write packets for the coders
	@$(call RUN,assign)

review: $(READY) ## Serve the page of CODER on this machine
	@$(call RUN,review) --coder "$(CODER)"

collect: $(call table,assignments decisions codings judgements) ## Read everything coders returned

adjudicate: $(call table,record open_units) ## Settle disagreements on the record
	@$(call RUN,adjudicate) $(if $(BY),--by "$(BY)")

ask: $(call table,excerpts usages responses) ## Ask respondents what they meant: a follow-up survey from the estimation sample
	@$(call RUN,ask)

instrument: $(call table,respondents responses usages record) ## Rewrite rating items that rest on an ambiguous word: one item per sense
	@$(call RUN,instrument)

freeze: $(READY) ## Fix and hash what was decided, before the main round (sameword freeze show, diff, deviate)
	@$(call RUN,freeze)

public: $(R)/manifest.json ## What may leave the team: consented quotes, small cells masked
	@$(call RUN,public)

supplement: $(R)/manifest.json ## Beside a paper: anonymised data, codebook history, decisions; and for blind review
	@$(call RUN,supplement)
	@$(call RUN,supplement) --blind
	@$(call RUN,leaks)

agreement: $(call table,agreement) ## How far the coders agree

glossary: $(R)/glossary.html ## The terminology glossary alone

figures: $(R)/figures/captions.json ## Draw figures: FIGURES=ambiguity FORMAT=pdf WIDTH=acm-column
	@$(if $(FIGURES)$(FORMAT)$(WIDTH)$(CHECK),$(call RUN,figures) $(addprefix --only ,$(FIGURES)) \
	  $(addprefix --format ,$(FORMAT)) $(addprefix --width ,$(WIDTH)) $(if $(CHECK),--check),echo "$(R)/figures/")

test: $(READY_DEV) ## Run the tests
	.venv/bin/python -m pytest -q -n 2 --dist loadgroup $(if $(CI),,-m "not slow") $(PYTEST)

lint: $(READY_DEV) ## Formatting, lint and types
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

check: lint ## Lint, types, and the documentation held against the program
	.venv/bin/python -m pytest -q tests/house

bench: $(READY_DEV) ## Run the benchmarks; tables go to bench/results/
	.venv/bin/python bench/run.py

clean: ## Remove what can be rebuilt for STUDY: its tables and its report (packets given out stay)
	rm -rf "$(P)"
	find "$(R)" -mindepth 1 -maxdepth 1 ! -name packets ! -name ask ! -name instrument -exec rm -rf {} + 2>/dev/null || true

# --- Installation -------------------------------------------------------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# torch comes first and alone: pip then keeps this build when other packages ask for torch.
# An environment whose making was cut short has a python but no pip: it is made anew.
$(READY): constraints.txt pyproject.toml | .venv/bin/python
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(READY_DEV): $(READY)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(SURVEY):
	@echo "$@: no such file. Make it with: make new STUDY=$(STUDY) EXPORT=path/to/export.csv" >&2
	@echo "Studies here: $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard codebooks/*/survey.yaml)))))" >&2; exit 1

# --- Stages -------------------------------------------------------------------------------------------------------

$(call table,respondents items responses translations ratings flow) $(R)/rejected.csv $(R)/scrubbed.csv &: $(SURVEY) $(EXPORTS) $(call room,survey)
	@$(call STAGE,ingest)

$(call table,excerpts): $(call table,responses) $(SURVEY) $(call room,survey)
	@$(call STAGE,excerpts)

$(call table,terms usages facets) &: $(call table,responses) $(SURVEY) $(call room,terms)
	@$(call STAGE,terms)

$(call table,excerpt_vectors usage_vectors) &: $(call table,responses excerpts terms usages) $(SURVEY) $(call room,encoder) \
  pipeline/coding/sample.py
	@$(call STAGE,encode)

$(call table,machine_codings classifiers rule_quality) &: $(call table,responses excerpts excerpt_vectors record) $(SURVEY) $(THEMES) \
  $(call room,codebook)
	@$(call STAGE,code)

$(call table,topics topic_words) &: $(call table,excerpts excerpt_vectors) $(SURVEY) $(call room,codebook)
	@$(call STAGE,topics)

$(call table,proposals evidence sense_words) &: $(call table,responses terms usages usage_vectors) $(SURVEY) $(call room,senses)
	@$(call STAGE,proposals)

$(call table,assignments decisions codings judgements) $(R)/collected.txt &: $(call table,responses excerpts usages) $(SURVEY) $(THEMES) \
  $(GLOSSARY) $(LABELS) $(LEDGER) $(wildcard $(RAW)/codings) $(CODINGS) $(call room,coding)
	@$(call STAGE,collect)

$(call table,record open_units prevalence) &: $(call table,respondents responses excerpts usages assignments decisions \
  codings judgements) $(SURVEY) $(call room,coding)
	@$(call STAGE,record)

$(call table,agreement confusions disagreements code_use) &: $(call table,respondents responses excerpts usages assignments decisions codings judgements \
  record machine_codings ratings) $(SURVEY) $(THEMES) $(GLOSSARY) $(call room,agreement)
	@$(call STAGE,agreement)

$(call table,senses completion pair_groups ambiguity shares usage_shares coverage disputes orders glossary) &: $(call table,respondents \
  responses ratings excerpts excerpt_vectors terms usages usage_vectors proposals evidence assignments judgements record) $(SURVEY) $(GLOSSARY) \
  $(call room,senses) pipeline/glossary/entries.py
	@$(call STAGE,senses)

$(R)/glossary.html $(R)/glossary.csv &: $(call table,respondents responses ratings terms usages \
  usage_vectors facets senses completion ambiguity shares usage_shares coverage sense_words record agreement assignments \
  judgements) $(SURVEY) $(GLOSSARY) \
  $(wildcard pipeline/glossary/templates/*) $(call room,glossary)
	@$(call STAGE,glossary)

# In this order Make starts what is ready: what much waits for stands first.
TABLES := respondents items responses translations ratings flow terms usages facets excerpts usage_vectors excerpt_vectors \
  assignments decisions codings judgements record open_units prevalence proposals evidence sense_words machine_codings classifiers \
  rule_quality senses completion ambiguity shares usage_shares coverage disputes orders glossary topics topic_words agreement \
  confusions disagreements code_use

FOLLOWUP := $(wildcard $(RAW)/asked.csv $(RAW)/followup*)
FROZEN := $(wildcard $(BOOK)/freeze.json $(BOOK)/deviations.jsonl)

$(call table,planned): $(call table,respondents responses excerpts usages record open_units) $(SURVEY) $(FROZEN) $(call room,asking)
	@$(call STAGE,planned)

$(call table,authors accuracy confidence) &: $(call table,respondents responses excerpts usages assignments decisions judgements \
  record senses) $(SURVEY) $(GLOSSARY) $(FOLLOWUP) $(call room,asking)
	@$(call STAGE,authors)

TABLES += authors accuracy confidence planned

STYLES := $(wildcard pipeline/report/*.mplstyle $(BOOK)/*.mplstyle)

$(R)/figures/captions.json: $(call table,$(TABLES)) $(SURVEY) $(THEMES) $(GLOSSARY) $(STYLES) $(call room,report)
	@$(call STAGE,figures)

$(R)/report.html $(R)/report.pdf $(R)/report.docx &: $(R)/figures/captions.json $(FROZEN) $(CHANGES) \
  $(wildcard pipeline/report/templates/*)
	@$(call STAGE,report)

$(R)/manifest.json: $(R)/rejected.csv $(R)/scrubbed.csv $(R)/collected.txt $(R)/report.html $(R)/report.pdf $(R)/report.docx $(R)/glossary.html $(call room,report)
	@$(call STAGE,leaks)
	@$(call STAGE,manifest)

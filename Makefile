# `make run` and `make test` need Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-sqlite test-postgres faults soak bench fuzz lighthouse check package lock clean

run: $(VENV)/run.stamp
	@$(BIN)/python manage.py serve

# More than two cores have use for: tests wait for the servers that they start.
JOBS := -n 3 --dist loadfile --no-loadscope-reorder

# Real services are used where they answer; the tests of rows run once more on PostgreSQL.
test: test-sqlite $(if $(ARGS),,test-postgres)

test-sqlite: $(VENV)/dev.stamp
	$(BIN)/python -m pytest $(JOBS) $(ARGS)

test-postgres: $(VENV)/dev.stamp
	$(BIN)/python -m tests.on_postgres $(JOBS)

# The long run; PIXELPROMPT_SEED repeats one. `make test` has a short one.
faults: $(VENV)/dev.stamp
	PIXELPROMPT_FAULTS=long $(BIN)/python -m pytest tests/faults -n0 -s --durations=0 $(ARGS)

# Ten minutes of orders and faults against a team's installation, and a table of what was held.
# ARGS="--minutes 2" is shorter; PIXELPROMPT_SEED repeats one.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m tests.faults.soak $(ARGS)

# Schemathesis with more examples; PIXELPROMPT_SEED makes others.
fuzz: $(VENV)/dev.stamp
	PIXELPROMPT_FUZZ=$${PIXELPROMPT_FUZZ:-300} $(BIN)/python -m pytest tests/test_fuzzing.py -n0 $(ARGS)

# What we cost beside the bare work, on this machine; ARGS names rows. Ten minutes at most.
bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks $(ARGS)

# Medians of Lighthouse's scores; needs Chromium, and `npm ci` in tests/lighthouse.
lighthouse: $(VENV)/dev.stamp
	$(BIN)/python -m tests.lighthouse $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@if command -v biome >/dev/null; then biome check static/js; \
	 else echo "Biome is not installed: the scripts are not looked at."; fi
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/cfn-lint infra/template.yaml
	$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null --settings tests.settings
	$(BIN)/python manage.py check --deploy --fail-level WARNING --settings tests.production

# For Lambda, without AWS: dist/pixelprompt-api-$(STAGE).zip and -worker-. See docs/deploy-lambda.md.
STAGE ?= dev
LAMBDA_PYTHON ?=

package: $(VENV)/dev.stamp
	@$(BIN)/python -m infra.package $(STAGE) --python "$(LAMBDA_PYTHON)"

# Locks carry hashes and no addresses, so any mirror of the index serves.
lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header -q pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header -q pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header -q --group build -c requirements-dev.txt -o requirements-build.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Pixel Prompt needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.13 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV)

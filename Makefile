# Statewire: everything a person does with the source, by name. `make help` lists it.
BUILD ?= build
JOBS ?= $(shell nproc)
# Tests wait more than they work.
TEST_JOBS ?= $(shell echo $$((2 * $(JOBS))))
PREFIX ?= /usr/local
# Tests have configurations of their own.
unexport STATEWIRE_CONFIG
CMAKE = cmake -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo

.PHONY: help run build test ci gcc-ci clang asan tsan format check-format check-includes crash \
        siege damage simulate simulate-faults day edges-sources bench bench-history bench-patterns \
        bench-sqs catalog coverage templates kubernetes fuzz install tarball lambda deb check-deb image \
        check-image clean
.DEFAULT_GOAL := help

help: ## List what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: build ## Build, and run the bundled example until Ctrl-C
	@mkdir -p var
	@if [ -e var/demo-day.jsonl ]; then \
	  echo "The day was played already, and ended when that was. \`rm -r var/demo*\` plays it anew."; \
	else tools/make_example_day --ending-now var 2>/dev/null || { \
	  cp examples/day.jsonl var/demo-day.jsonl; cp examples/ec2-running.json var/demo-running.json; \
	  cp examples/ec2-stopped.json var/demo-stopped.json; }; fi  # Without Python it ends when it did.
	@$(BUILD)/statewire run --config examples/statewire.yaml

build: ## Build the program: build/statewire
	@tools/setup build
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=OFF >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire

test: ## Install what the tests need, and run every test
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS)
	@ctest --test-dir $(BUILD) -j$(TEST_JOBS) --output-on-failure --timeout 900

ci: ## Second compiler, sanitizers, fuzzers, format and include edges
	@tools/setup ci
	@$(MAKE) --no-print-directory check-format check-includes
	@$(MAKE) --no-print-directory asan
	@$(MAKE) --no-print-directory tsan

# What mostly waits, and goes ways through the program that other tests go: ASAN_WITHOUT='^$$' runs it.
ASAN_WITHOUT ?= ^(scenarios|well|day|screens|docs|deploy)\.|^patterns\.event_ruler|^aws\.e2e\.(faults|inventory|doctor|situations)
asan: ## Tests and fuzzers with clang++-19, AddressSanitizer and UndefinedBehaviorSanitizer
	@CC=clang-19 CXX=clang++-19 $(CMAKE) -B $(BUILD)-asan -S . \
	  -DSTATEWIRE_SANITIZE=address,undefined -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
	  -DSTATEWIRE_FUZZ=ON >/dev/null
	@ninja -C $(BUILD)-asan -j$(JOBS)
	@ctest --test-dir $(BUILD)-asan -j$(TEST_JOBS) -E '$(ASAN_WITHOUT)' --output-on-failure \
	  --timeout 1200

tsan: ## Tests with clang++-19 and ThreadSanitizer, the store in memory
	@CC=clang-19 CXX=clang++-19 $(CMAKE) -B $(BUILD)-tsan -S . -DSTATEWIRE_SANITIZE=thread \
	  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DSTATEWIRE_ROCKSDB=OFF >/dev/null
	@ninja -C $(BUILD)-tsan -j$(JOBS)
	@ctest --test-dir $(BUILD)-tsan -j$(TEST_JOBS) --output-on-failure --timeout 1200

format: ## Format the source
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

check-format: ## Fail where the source is not formatted
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 --dry-run --Werror

check-includes: ## Fail where a folder includes what it may not
	@python3 tools/check_includes

ROUNDS ?= 50
crash: ## Kill the program at random moments under load; ROUNDS=1000 for longer
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire
	@python3 tests/crash/crash_test.py --statewire $(BUILD)/statewire --rounds $(ROUNDS)

SIEGE_SECONDS ?= 600
siege: ## Attack the program from all sides for SIEGE_SECONDS, honest clients beside the attackers
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire
	@python3 tests/siege/siege_test.py --statewire $(BUILD)/statewire --seconds $(SIEGE_SECONDS)

DAMAGE ?= 1000
damage: ## Damage DAMAGE stores in one place each, and see that none of it is silent
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) damage_test
	@STATEWIRE_DAMAGE_MUTATIONS=$(DAMAGE) $(BUILD)/tests/power/damage_test \
	  --gtest_filter=MutationTest.*

edges-sources: ## Sources among very many files and messages, with trouble of every kind
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire
	@STATEWIRE_EDGES_LONG=1 ctest --test-dir $(BUILD) -R 'edges.sources' -V --timeout 3600

catalog: ## Make the catalog's rows again, out of pinned packages; WRITE=1 keeps them
	@tools/catalog/fetch build/catalog-sources
	@tools/catalog/generate $(if $(WRITE),--write)

coverage: build ## Write docs/coverage.md: how much of AWS the catalog knows
	@tools/catalog/coverage --statewire $(BUILD)/statewire

templates: build ## Write the templates in deploy/aws again
	@$(BUILD)/statewire aws template --hub > deploy/aws/hub.yaml
	@$(BUILD)/statewire aws template --spoke > deploy/aws/spoke.yaml
	@$(BUILD)/statewire aws template --serverless > deploy/aws/serverless/template.yaml
	@$(BUILD)/statewire aws template --serverless --format sam > deploy/aws/serverless/sam.yaml
	@$(BUILD)/statewire aws template --service > deploy/aws/service/template.yaml
	@$(BUILD)/statewire aws template --hub --format terraform > deploy/aws/terraform/hub/main.tf
	@$(BUILD)/statewire aws template --spoke --format terraform > deploy/aws/terraform/spoke/main.tf

kubernetes: ## Write the manifests of deploy/kubernetes again, out of the chart
	@tools/setup test
	@python3 tests/packages.py
	@build-packages/helm/helm template statewire deploy/kubernetes/chart \
	  > deploy/kubernetes/statewire.yaml

SEEDS ?= 10000
simulate: ## Play SEEDS random histories of deliveries on one thread each, and check them
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) simulate
	@$(BUILD)/tests/simulate/simulate --seeds $(SEEDS) --jobs $(JOBS)

simulate-faults: ## Expect the simulator to find each of its planted faults
	@tools/setup test
	@python3 tests/simulate/run_faults.py --tree $(BUILD)-faults --jobs $(JOBS)

day: ## Play a generated day of 100,000 resources, and print how right the verdicts are
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) day
	@$(BUILD)/tests/day/day --seed $(or $(SEED),1) --resources 100000 --deployments 300 \
	  --moves 5000 --hand-changes 200 --stuck 50 --flapping 20 --quiet-moves 200 --on-disk 1

bench: ## Measure this machine, and what it does with no work of ours
	@tools/setup bench
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=OFF -DSTATEWIRE_BENCH=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire floors
	@python3 bench/run.py --build $(BUILD)

bench-history: ## Ask a store of ten million entries, and look at whom that disturbs
	@tools/setup bench
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=OFF -DSTATEWIRE_BENCH=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire history_store
	@python3 bench/history.py --build $(BUILD)

bench-patterns: ## Measure pattern matching beside event-ruler and quamina
	@tools/setup bench-patterns
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_BENCH=ON >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) set_bench simdjson_bare
	@python3 bench/patterns/run.py --build $(BUILD)

bench-sqs: ## Measure a queue in and a queue out beside a loop of boto3
	@tools/setup test
	@$(CMAKE) -B $(BUILD) -S . -DSTATEWIRE_TESTS=OFF >/dev/null
	@ninja -C $(BUILD) -j$(JOBS) statewire
	@python3 bench/sqs/run.py --build $(BUILD)

fuzz: ## Run every fuzzer for SECONDS each
	@tools/setup ci
	@CC=clang-19 CXX=clang++-19 $(CMAKE) -B $(BUILD)-asan -S . \
	  -DSTATEWIRE_SANITIZE=address,undefined -DSTATEWIRE_FUZZ=ON >/dev/null
	@ninja -C $(BUILD)-asan -j$(JOBS) fuzzers
	@fuzz/run $(BUILD)-asan/fuzz $(or $(SECONDS),60)

install: ## Install what was built, stripped, under PREFIX (/usr/local); DESTDIR honoured
	@tools/install $(BUILD)/statewire $(PREFIX)

tarball: build ## Pack the program with loader and libraries, for any Linux: build/statewire.tar.xz
	@tools/tarball $(BUILD)/statewire $(BUILD)/statewire.tar.xz
	@ls -l $(BUILD)/statewire.tar.xz

deb: build ## Pack the program for Debian 12, and its symbols apart: build/deb
	@tools/setup deb
	@rm -rf $(BUILD)/deb
	@tools/deb $(BUILD)/statewire $(BUILD)/deb
	@lintian --fail-on error,warning $(BUILD)/deb/*.deb
	@ls -l $(BUILD)/deb

check-deb: deb ## Install the package in a clean root, upgrade it with its store, remove it
	@tools/setup test
	@python3 tests/packages.py
	@STATEWIRE=$(BUILD)/statewire STATEWIRE_DEB="$$(ls $(BUILD)/deb/statewire_*.deb)" \
	  build-packages/venv/bin/python -B tests/deploy/deb_test.py

image: build ## Make an image of containers: build/statewire-image.tar
	@tools/setup image
	@tools/image $(BUILD)/statewire $(BUILD)/statewire-image.tar
	@ls -l $(BUILD)/statewire-image.tar

check-image: image ## Run what is in the image as a container does; needs root
	@tools/setup test
	@python3 tests/packages.py
	@STATEWIRE=$(BUILD)/statewire STATEWIRE_IMAGE=$(BUILD)/statewire-image.tar \
	  build-packages/venv/bin/python -B tests/deploy/image_test.py

lambda: build ## Pack the program for functions of Lambda: build/statewire-lambda.zip
	@tools/tarball $(BUILD)/statewire $(BUILD)/statewire-lambda.zip
	@ls -l $(BUILD)/statewire-lambda.zip

clean: ## Remove what was built, and the example's store
	@rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-tsan build-packages var

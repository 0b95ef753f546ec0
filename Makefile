# The one door: how Barre is generated, run, tested and checked.

# Where `barre` keeps what it stores when nothing else is configured.
DATA := .barre
# staticcheck's release; `go run` fetches it.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# gosec's and gitleaks' releases; newer ones of gosec do not build everywhere.
GOSEC := github.com/securego/gosec/v2/cmd/gosec@v2.22.10
GITLEAKS := github.com/zricethezav/gitleaks/v8@v8.30.1
# What people write; the rest is written by ent and gqlgen.
WRITTEN := $$(go list ./... | grep -vE '/ent(/|$$)|/graph/(generated|model)$$') ./ent/schema ./ent/rule
FUZZTIME := 30s
TESTS := ./...
# What the race detector watches: it makes the rest slow.
RACING := ./internal/anomaly ./internal/delivery ./internal/feed ./internal/key ./internal/limit ./internal/probe ./internal/promise ./internal/relay ./internal/transport

.DEFAULT_GOAL := help
.PHONY: help setup generate build sbom run reset test race walls check format generated lint bench bench-stream benchmarks attack gosec leaks torture kill prove fuzz

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install Postgres and Redis if they are missing
	@.ci/setup postgres redis

generate: ## write everything that follows from ent/schema and the SDL (NAME names a new migration)
	go run ./ent/entc.go
	go run ./internal/generator/graph
	go run ./internal/generator/migration $(NAME)

build: ## build bin/barre
	go build -o bin/barre ./server

sbom: build ## write bin/barre.cdx.json: what the program is made of, as CycloneDX
	bin/barre version --sbom > bin/barre.cdx.json

run: setup build ## start everything on this machine, with a demo studio
	bin/barre demo

reset: ## throw the demo's database and data away
	go run ./internal/cluster/reset $(DATA)/postgres
	rm -rf $(DATA)

# The shared test server goes with the last test, also after Ctrl-C.
test: setup ## run all tests (one part: make test TESTS=./internal/limit)
	@trap 'go run ./internal/testkit/postgres/stop' EXIT; trap 'exit 130' INT TERM; \
	go test -timeout 30m $(TESTS)

race: setup ## the tests of what runs side by side in one process, with the race detector (all: make race RACING=./...)
	@.ci/setup compiler
	@trap 'go run ./internal/testkit/postgres/stop' EXIT; trap 'exit 130' INT TERM; \
	go test -race -timeout 90m $(RACING)

# A second build, in which ent's rules are switched off.
walls: ## the attacks against the database's walls alone
	go test -count 1 -timeout 30m -tags without_orm_rules ./internal/attack

check: format generated lint test walls ## what CI runs

format: ## fail on code that gofmt would change
	@bad=$$(gofmt -l $$(find . -name '*.go' -not -path '*/node_modules/*')); \
	[ -z "$$bad" ] || { echo "run gofmt -w on:"; echo "$$bad"; exit 1; }

# Twice: the first pass finds what is out of date, the second what is random.
generated: ## fail if generating changes a file
	@sum() { find ent graph -type f | LC_ALL=C sort | xargs cksum; }; \
	for pass in 1 2; do \
		before=$$(sum); $(MAKE) -s generate || exit 1; after=$$(sum); \
		[ "$$before" = "$$after" ] || { echo "pass $$pass of make generate changed files"; exit 1; }; \
	done

lint: ## go vet everywhere, staticcheck on what people write
	go vet ./...
	go run $(STATICCHECK) $(WRITTEN)

bench: setup build ## measure Barre against hand-written SQL (options: make bench BENCH='-connections 8 -workloads Q1')
	go build -o bin/bench ./internal/bench/cmd
	bin/bench $(BENCH)

bench-stream: setup build ## measure what follows a commit (options: make bench-stream BENCH='-only relay,idle')
	go build -o bin/bench-stream ./internal/bench/stream
	bin/bench-stream $(BENCH)

benchmarks: setup ## run the benchmarks of single packages (one part: make benchmarks TESTS=./internal/cost)
	go test -run '^$$' -bench . -benchmem -timeout 60m $(TESTS)

attack: setup build leaks ## the attacker's tests, against the built binary as well, and what reads the source for holes
	go test -count 1 ./internal/archtest -run 'Attack|Places|Arrows'
	BARRE_BINARY=$(CURDIR)/bin/barre go test -count 1 -timeout 15m -run 'Attack|Neighbor|Wall|Hostile|Forged' $(TESTS)
	@$(MAKE) -s walls
	go test -run '^$$' -bench Refused -benchtime 100x ./internal/guard
	go run $(STATICCHECK) $(WRITTEN)
	@$(MAKE) -s gosec

# Without G104, what writing an answer or closing a file refuses, of which nobody
# is left to be told; G115, sizes that are bounded where they are read, as the
# fuzz targets show; G204, programs that are started, in the places that
# internal/archtest lists; G304, files, which the operator names and no request.
# What serves tests, benchmarks and the generator alone is left out.
gosec: ## look for insecure Go in what people write
	go run $(GOSEC) -quiet -exclude G104,G115,G204,G304 -exclude-generated \
		$$(go list -f '{{.Dir}}' $(WRITTEN) | grep -vE '/internal/(testkit|bench|generator|provider/fake)(/|$$)')

leaks: ## look for credentials in the source and in what git keeps
	go run $(GITLEAKS) git --no-banner --redact --config .gitleaks.toml .
	go run $(GITLEAKS) dir --no-banner --redact --config .gitleaks.toml .

torture: setup ## a million changes, a copy that follows them, and nothing missed (TORTURE_CHANGES)
	TORTURE_CHANGES=$${TORTURE_CHANGES:-1000000} go test -count 1 -timeout 3h -v -run NothingMissed ./internal/export

# What it finds lies in the data folder, where a server of the same release
# finds it: commit first, or it proves nothing of any release.
prove: setup ## run what proves each promise, and print the register (one: make prove PROMISE=N84)
	@.ci/setup compiler
	@trap 'go run ./internal/testkit/postgres/stop' EXIT; trap 'exit 130' INT TERM; \
	go run ./internal/promise/prove -record $(DATA)/proofs.json -only '$(PROMISE)' -statements '$(BARRE_STATEMENTS)'

kill: setup ## kill server, worker, relay and Postgres a hundred times under load (KILLS)
	KILLS=$${KILLS:-100} go test -count 1 -timeout 1h -v -run KilledLosesNothing ./server

fuzz: ## run every fuzz target for FUZZTIME
	@for file in $$(grep -rl --include='*_test.go' '^func Fuzz' .); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$file); do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$(dirname $$file) || exit 1; \
		done; \
	done

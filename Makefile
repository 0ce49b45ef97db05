# `make` or `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Tools that run once in a while are fetched by version and stay out of go.mod.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOTESTSUM   := gotest.tools/gotestsum@v1.13.0
REDOCLY     := @redocly/cli@2.77.0
SWAGGER     := @apidevtools/swagger-cli@4.0.4
ACTIONLINT  := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
# The last one that Go 1.26 builds.
GORELEASER  := github.com/goreleaser/goreleaser/v2@v2.17.0

# What is pure Go: contracts/verify needs cgo, and so a C compiler for each system.
PURE = $$(go list ./... | grep -v /contracts/verify)

.PHONY: help run generate test tools suites pact lint golangci contract unit build examples pacts bench compare screenshots stress fuzz soak soak-shared arguments verify \
	crosscheck image release-files release-dry release packages

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: ## serve on 127.0.0.1:4280
	@go run ./cmd/ticaga-mock

generate: ## regenerate what is made of openapi.yaml, the pages, the console and the pacts; tests compare it
	go generate ./...

test: tools suites pact lint contract unit build ## everything CI runs

tools:
	@command -v go  >/dev/null || { echo 'make test needs Go (https://go.dev/dl), which is not installed.' >&2; exit 1; }
	@command -v gcc >/dev/null || command -v cc >/dev/null || { echo 'make test needs a C compiler for the Pact core; install gcc, or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures' >&2; exit 1; }
	@command -v npm >/dev/null || { echo 'make test needs npm to install the Pact core; install it, or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures' >&2; exit 1; }

# What only the example plugins need.
suites:
	@command -v npm >/dev/null || { echo 'make examples and make test need npm for the example plugin in JavaScript; install Node.js 20 or newer, or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures' >&2; exit 1; }
	@command -v phpunit >/dev/null || { echo 'make examples and make test need phpunit for the example plugin in PHP; install it (apt install phpunit php-curl), or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures' >&2; exit 1; }
	@command -v composer >/dev/null || { echo 'make examples and make test need composer for the example plugin in PHP; install it (apt install composer), or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures' >&2; exit 1; }

pact: tools ## install the Pact core and the program pact into contracts/verify/lib
	@./contracts/verify/install.sh

lint: ## gofmt, go vet, staticcheck, and actionlint for the workflows
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "not formatted; run gofmt -w on: $$bad" >&2; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	go run $(ACTIONLINT)

# Apart from lint, because building it takes longer than all that lint does.
golangci: ## golangci-lint with .golangci.yml
	go run $(GOLANGCI) run ./...

# The control API's page is /_mock/, slash and all. swagger-cli validates one file per call.
contract: ## validate both OpenAPI files with two tools that are not ours
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx --yes $(REDOCLY) lint --format=stylish \
		--skip-rule no-path-trailing-slash openapi.yaml mock/internal/control/openapi.yaml
	npx --yes $(SWAGGER) validate openapi.yaml
	npx --yes $(SWAGGER) validate mock/internal/control/openapi.yaml

# The log holds what gotestsum leaves out: how many interactions Pact has really verified, and how many tests the
# example plugins have.
unit:
	@mkdir -p bin
	go run $(GOTESTSUM) --format pkgname --jsonfile bin/test.json -- -race -count=1 -timeout 20m ./...
	@grep -o 'pact: verified [^"\\]*' bin/test.json || { echo 'Pact has verified nothing: see contracts/verify.' >&2; exit 1; }
	@grep -o 'examples: [^"\\]*' bin/test.json || { echo 'No tests of the example plugins have run: see contracts/examples.' >&2; exit 1; }

examples: suites ## run the tests of the example plugins, and Pact's verifiers against the mock
	go test -count=1 -v ./contracts/examples

pacts: suites ## record the pacts of the example plugins again
	go test -count=1 -run 'TestPHPRecorded|TestJS$$' ./contracts/examples -update

# With the flags of a release, in .goreleaser.yaml, so that the same commit gives the same bytes.
PROGRAM := bin/ticaga-mock
build: ## a static binary in bin/
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -ldflags='-s -w' -o $(PROGRAM) ./cmd/ticaga-mock

# Apart from lint, because it takes minutes.
crosscheck: ## vet the code for macOS and Windows, and build the tests for Windows
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go vet $(PURE)
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go vet $(PURE)
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -exec true $(PURE) >/dev/null # builds all and runs none

image: ## container images in dist/, and a try of the one for this machine; needs buildah
	release/image.sh
	$(if $(filter-out 0,$(shell id -u)),sudo) release/try-image.sh dist/ticaga-mock_image_$$(go env GOARCH).tar

release-files: ## completions and man pages in bin/release
	@rm -rf bin/release && mkdir -p bin/release/man bin/release/completions
	go run ./cmd/ticaga-mock completion bash >bin/release/completions/ticaga-mock.bash
	go run ./cmd/ticaga-mock completion zsh >bin/release/completions/_ticaga-mock
	go run ./cmd/ticaga-mock completion fish >bin/release/completions/ticaga-mock.fish
	go run ./cmd/ticaga-mock completion powershell >bin/release/completions/ticaga-mock.ps1
	go test ./cmd/ticaga-mock -count=1 -run '^TestManPages$$' -man="$(CURDIR)/bin/release/man" -man-date="$$(git log -1 --format=%ct)"
	gzip -9n bin/release/man/*.1

release-dry: ## all of a release in dist/, tried, and nothing published
	go run $(GORELEASER) release --snapshot --clean --skip=sign
	release/smoke.sh
	go test ./release -count=1 -run '^TestReproducible$$' -cold

# With the notes in bin/, because goreleaser wants dist/ to be empty.
release: ## publish the tag that is checked out: only the workflow of a release calls this
	@mkdir -p bin
	go run ./cmd/notes "$(GITHUB_REF_NAME)" >bin/notes.md
	go run $(GORELEASER) release --clean --release-notes=bin/notes.md

# Without a release, they are for this machine only.
packages: $(if $(wildcard dist/ticaga-mock_*.tar.gz),,build) ## the packages for npm and Composer, of the archives in dist/ or of bin/ticaga-mock, in bin/packages
	@rm -rf bin/packages
	go run ./release/packages/pack -out bin/packages $(if $(wildcard dist/ticaga-mock_*.tar.gz),-dist dist,-program bin/ticaga-mock)

bench: build suites pact ## allocations, time per request, ratio to a bare handler, what keeps worlds, start, memory, sizes, verifications, the console
	go test ./mock -run '^$$' -bench . -benchtime 3s
	go test ./mock/log -run '^$$' -bench . -benchtime 10x
	go test ./cmd/ticaga-mock -run '^$$' -bench . -benchtime 20x
	go test ./contracts/verify ./contracts/examples -run '^$$' -bench . -benchtime 1x
	go test ./mock/internal/console -count=1 -v -run '^(TestSize|TestExchangeAppears|TestManyRows)$$' | grep 'console:'
	go run ./cmd/stress -program bin/ticaga-mock streams

# What docs/comparison.md shows. Only this target installs the other tools.
compare: build ## ticaga-mock beside WireMock, Prism and Mockoon: start, requests a second, p99, memory
	@command -v java >/dev/null || { echo 'make compare needs Java 11 or newer for WireMock.' >&2; exit 1; }
	npm install --prefix bin/compare --no-save --no-audit --no-fund wiremock@3.13.2 @stoplight/prism-cli@5.14.2 @mockoon/cli@9.9.0
	go run ./cmd/compare -program bin/ticaga-mock -tools bin/compare

screenshots: ## a picture of every page of the console, in two themes and sizes, in bin/screenshots
	@mkdir -p bin/screenshots
	go test ./mock/internal/console -count=1 -run '^TestPages$$' -screenshots="$(CURDIR)/bin/screenshots"

stress: build ## what once brought the mock down: peak memory, and p50 and p95 of an honest client beside it
	go run ./cmd/stress -program bin/ticaga-mock $(LOADS)

fuzz: ## each fuzz target for FUZZTIME (1m)
	@for target in $$(grep -rhoE '^func Fuzz[A-Za-z]+' --include='*_test.go' . | cut -c6- | sort -u); do \
		package=$$(dirname $$(grep -rlE "^func $$target\\(" --include='*_test.go' . | head -1)); \
		echo "$$target in $$package"; \
		go test "$$package" -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),1m) -fuzzminimizetime 1s || exit 1; \
	done

# Rapid counts for each of five scenarios in memory, and for one in each of two other engines.
soak: ## 140,000 random sequences over all operations against the model
	go test ./mock -run '^TestModel$$' -count=1 -timeout 2h -rapid.checks=$(or $(CHECKS),20000)

soak-shared: ## 1,000 histories and 1,000 worlds for 10 minutes over three servers that share their worlds, while they fail
	go test ./mock/shared -run '^(TestHistories|TestCrowd)$$' -count=1 -v -timeout 2h \
		-histories=$(or $(HISTORIES),1000) -worlds=$(or $(WORLDS),1000) -crowd=$(or $(CROWD),10m)

# A variable that is misspelt, or that CI did not set, would leave our own pacts to be verified, and green.
# Other variables of the environment count only when they could be a misspelt PACTS.
VERIFY := PACTS PROVIDER DESCRIPTION STATE EMAIL TOKEN

arguments:
	$(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$(if $(filter $v,$(VERIFY)),,\
		$(error make verify has no variable $v; it has $(VERIFY)))))
	$(if $(filter undefined,$(origin PACTS)),$(foreach v,$(filter PACT%,$(.VARIABLES)),$(if $(filter environment,$(origin $v)),\
		$(if $(filter PACT_DO_NOT_TRACK PACT_BROKER_%,$v),,$(error PACTS is not set, but $v is; name the pacts with PACTS=)))),\
		$(if $(strip $(PACTS)),,$(error PACTS is empty; name a file or a folder, or leave PACTS out for the pacts of the published plugins)))
	@:

# Many people have EMAIL in their environment, so only variables that are typed count.
verify: arguments tools pact ## verify your own contracts: make verify PACTS=file-or-folder [PROVIDER= DESCRIPTION= STATE= EMAIL= TOKEN=]
	@case "$$PACTS" in "") pacts="$(CURDIR)/contracts/pacts" ;; /*) pacts="$$PACTS" ;; *) pacts="$(CURDIR)/$$PACTS" ;; esac; \
	go test -C contracts/verify -count=1 -run '^TestProvider$$' -args -pacts="$$pacts" \
		$(if $(filter command,$(origin PROVIDER)),-provider="$$PROVIDER") \
		$(if $(filter command,$(origin DESCRIPTION)),-description="$$DESCRIPTION") $(if $(filter command,$(origin STATE)),-state="$$STATE") \
		$(if $(filter command,$(origin EMAIL)),-email="$$EMAIL") $(if $(filter command,$(origin TOKEN)),-token="$$TOKEN")

#!/usr/bin/env bash
# What action.yml does, in steps of a workflow on GitHub:
#
#   mock.sh install   puts the program into the PATH of the steps that follow
#   mock.sh run       runs a command against a mock
#   mock.sh start     starts a mock beside the steps that follow
#   mock.sh report    ends that mock, and fails if a request was wrong
#
# A mock beside the steps is ticaga-mock run too, with a command that waits: so there are the same reports, annotations
# and exit codes. It works with the bash 3.2 of macOS.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$RUNNER_TEMP/ticaga-mock
native=$state # as programs other than bash write it
if command -v cygpath >/dev/null; then
	state=$(cygpath -u "$state") native=$(cygpath -m "$state")
fi
PATH=$state/bin:$PATH

fail() { echo "::error title=ticaga-mock::$*"; exit 1; }

# output sets an output of the step.
output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

install() {
	local version=${ACTION_VERSION:-}
	if [ -z "$version" ]; then # the newest that this commit knows
		version=$(sed -n 's/^## \[\([0-9][^]]*\)\].*/\1/p' "$here/../../CHANGELOG.md" | head -n 1)
		[ -n "$version" ] || fail "This commit of the action belongs to no release; set its input version."
	fi
	TICAGA_MOCK_RELEASES=${ACTION_RELEASES:-} sh "$here/install.sh" "$version" "$state/bin" "${ACTION_CHECKSUMS:-}" ||
		fail "ticaga-mock $version cannot be installed; see above."
	echo "$native/bin" >>"$GITHUB_PATH"
	ticaga-mock version
}

# flags sets the array flags to the words of the input args, with quotes as in a shell.
flags() {
	flags=(--json "$native/journal.json" --junit "$native/junit.xml")
	local words word
	words=$(xargs -n 1 printf '%s\n' <<<"${ACTION_ARGS:-}") || fail "args: a quote is missing in ${ACTION_ARGS:-}"
	while IFS= read -r word; do
		[ -z "$word" ] || flags+=("$word")
	done <<<"$words"
	output journal "$native/journal.json"
	output junit "$native/junit.xml"
}

run() {
	flags
	ticaga-mock run "${flags[@]}" -- bash -eo pipefail -c "$ACTION_RUN"
}

start() {
	[ ! -e "$state/pid" ] || fail "A mock runs already; end it with a step that has report: true."
	rm -f "$state/ready" "$state/stop" "$state/code"
	flags
	: >"$state/summary.md"
	GITHUB_STEP_SUMMARY=$native/summary.md nohup bash "$here/mock.sh" background "${flags[@]}" \
		>"$state/stdout" 2>"$state/stderr" </dev/null &
	echo $! >"$state/pid"
	local i
	for ((i = 0; i < 300; i++)); do
		[ ! -e "$state/ready" ] || break
		if [ -e "$state/code" ]; then
			rm "$state/pid"
			cat "$state/stderr"
			fail "The mock did not start; see above."
		fi
		sleep 0.1
	done
	[ -e "$state/ready" ] || fail "The mock was not ready within 30 seconds."
	local secret
	secret=$(value TICAGA_MOCK_CONTROL_TOKEN)
	[ -z "$secret" ] || echo "::add-mask::$secret"
	cat "$state/ready" >>"$GITHUB_ENV"
	output url "$(value TICAGA_URL)"
	output email "$(value TICAGA_EMAIL)"
	output token "$(value TICAGA_TOKEN)"
}

# value prints a variable of the environment that the mock has prepared.
value() { sed -n "s/^$1=//p" "$state/ready"; }

# background is the process that start leaves behind.
background() {
	local code=0
	ticaga-mock run "$@" -- bash "$here/mock.sh" hold || code=$?
	echo "$code" >"$state/code.new"
	mv "$state/code.new" "$state/code"
}

# hold is the command of that mock: it says how to reach it, and waits for report.
hold() {
	env | grep -E '^TICAGA_(URL|EMAIL|TOKEN|MOCK_URL|MOCK_CONTROL_TOKEN)=' >"$state/ready.new"
	mv "$state/ready.new" "$state/ready"
	until [ -e "$state/stop" ]; do sleep 0.2; done
}

report() {
	[ -e "$state/pid" ] || fail "No mock runs: an earlier step must start one, with this action and without run."
	output journal "$native/journal.json"
	output junit "$native/junit.xml"
	: >"$state/stop"
	local i
	for ((i = 0; i < 600; i++)); do
		[ ! -e "$state/code" ] || break
		sleep 0.1
	done
	[ -e "$state/code" ] || fail "The mock has not ended within a minute."
	rm "$state/pid"
	cat "$state/stderr" "$state/stdout" # explanations, then annotations
	cat "$state/summary.md" >>"$GITHUB_STEP_SUMMARY"
	exit "$(cat "$state/code")"
}

case ${1:-} in
install | run | start | background | hold | report) "$@" ;;
*) fail "usage: mock.sh install|run|start|report" ;;
esac

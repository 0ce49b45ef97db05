#!/bin/sh
# Runs the image from dist/ much as a container runtime would, without one: with its own root, which is read-only, its
# user, environment and command line, and as PID 1. Then it runs the HEALTHCHECK, asks for an answer, and ends it.
#
# usage: release/try-image.sh [ARCHIVE]
#
# It needs root for mounts and chroot, as well as jq and curl.
set -eu
cd "$(dirname "$0")/.."
archive=${1:-dist/ticaga-mock_image_amd64.tar}
work=$(mktemp -d)
port=$(( 20000 + $$ % 10000 ))
token=a-token-for-this-try
fail() { echo "try-image: $*" >&2; cat "$work/stderr" >&2 2>/dev/null || true; exit 1; }
trap 'kill -KILL "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
pid=

tar -xf "$archive" -C "$work"
config=$work/$(jq -r '.[0].Config' "$work/manifest.json")
layer=$work/$(jq -r '.[0].Layers[0]' "$work/manifest.json")
user=$(jq -r .config.User "$config")
entrypoint=$(jq -r '.config.Entrypoint[]' "$config")
health=$(jq -r '.config.Healthcheck.Test[1:][]' "$config")
packed=$(gzip -9 <"$layer" 2>/dev/null | wc -c)
[ "$packed" -le 15000000 ] || fail "the image has $packed bytes, want at most 15000000"
[ "$(jq '.[0].Layers | length' "$work/manifest.json")" = 1 ] || fail "the image has more than one layer"
case $user in [1-9]*:[1-9]*) ;; *) fail "the user is $user, want numbers other than 0" ;; esac

mkdir "$work/root"
tar -xf "$layer" -C "$work/root"
[ "$(ls "$work/root")" = ticaga-mock ] || fail "the image has $(ls "$work/root"), want ticaga-mock only"
mkdir "$work/root/proc" # a runtime mounts it too

# inside runs a command of the image as its user, in the namespaces of the process that $1 names.
inside() { target=$1; shift; nsenter --target "$target" --mount --pid chroot --userspec="$user" "$work/root" "$@"; }

# What the image says of the environment comes first, then what docker run -e would set.
# shellcheck disable=SC2016,SC2046 # the words of the environment; the inner shell expands its arguments
env -i $(jq -r '.config.Env[]?' "$config") TICAGA_MOCK_CONTROL_TOKEN=$token TICAGA_MOCK_ADDR=0.0.0.0:$port \
	unshare --mount --pid --fork --kill-child=KILL sh -eu -c '
		mount --make-rprivate /
		mount --bind "$1" "$1"
		mount -t proc proc "$1/proc"
		mount -o remount,bind,ro "$1"
		exec chroot --userspec="$2" "$1" "$3"' sh "$work/root" "$user" "$entrypoint" >"$work/stdout" 2>"$work/stderr" &
pid=$!
for _ in $(seq 100); do
	grep -qs ready "$work/stdout" && break
	kill -0 $pid 2>/dev/null || fail "it ended before it was ready"
	sleep 0.1
done
first=$(pgrep -P $pid) || fail "it is not running"

inside "$first" /bin/true 2>/dev/null && fail "there is a /bin/true in the image"
grep -q '^NSpid:.*[^0-9]1$' "/proc/$first/status" || fail "it is not PID 1"
grep -q "^Uid:.${user%:*}" "/proc/$first/status" || fail "it does not run as $user"
grep -q ' / [^ ]* ro[, ]' "/proc/$first/mounts" || fail "its root is not read-only"
# shellcheck disable=SC2086 # the words of the command
TICAGA_MOCK_URL=http://127.0.0.1:$port inside "$first" $health || fail "the HEALTHCHECK fails"
host=$(hostname -I 2>/dev/null | cut -d' ' -f1)
base=http://${host:-127.0.0.1}:$port # not loopback, where there is another address
curl -fsS --noproxy '*' -u admin@ticaga.test:demo-token -H 'Accept: application/json' "$base/api/customers/get/8" | grep -q jane.roe || fail "no answer at $base"
status=$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' "$base/_mock/journal")
[ "$status" = 401 ] || fail "the control API answers $status without the token, want 401"
status=$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$base/_mock/journal")
[ "$status" = 200 ] || fail "the control API answers $status with the token, want 200"

kill -TERM "$first"
for _ in $(seq 100); do kill -0 "$first" 2>/dev/null || break; sleep 0.1; done
kill -0 "$first" 2>/dev/null && fail "SIGTERM does not end it"
code=0
wait $pid || code=$?
[ $code = 0 ] || fail "after SIGTERM it exits with $code, want 0"
pid=
echo "image: $(wc -c <"$layer") bytes, $packed compressed; read-only, user $user, PID 1, HEALTHCHECK, SIGTERM: fine"

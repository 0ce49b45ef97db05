#!/bin/sh
# Puts the Pact core, the native library that pact-go links, into lib/ beside
# this file, and Pact's command line, the program pact. npm checks it against the hashes in package-lock.json. Run it as
# often as you like: when the right one is in place it returns at once.
set -eu
cd "$(dirname "$0")"

fail() {
	echo "contracts/verify/install.sh: $*" >&2
	exit 1
}

platform="$(uname -s)-$(uname -m)"
program=pact
case $platform in
Linux-x86_64 | Linux-aarch64 | Linux-arm64)
	linked=libpact_ffi.so
	shipped=$linked
	# ldd of musl says so on stderr and exits with 1.
	case "$(ldd --version 2>&1 || true)" in *musl*) shipped=libpact_ffi_musl.so ;; esac
	;;
Darwin-x86_64 | Darwin-arm64)
	linked=libpact_ffi.dylib
	shipped=$linked
	;;
MINGW*-x86_64 | MSYS*-x86_64)
	linked=pact_ffi.dll
	shipped=$linked
	program=pact.exe
	;;
*) fail "there is no Pact core for $platform; everything but contracts/verify works without it" ;;
esac

# The stamp comes last, so an installation that was cut short is repeated.
stamp="$platform $shipped $(cksum <package-lock.json)"
if [ -s "lib/$linked" ] && [ -x "lib/$program" ] && [ "$(cat lib/stamp 2>/dev/null || true)" = "$stamp" ]; then
	exit 0
fi

command -v npm >/dev/null 2>&1 ||
	fail "npm is missing; install Node.js, which brings it, or leave out contracts/verify, the only part that needs it"

# Each installation has a folder of its own, and moves what it has made into lib/ as
# a whole: two at once do not disturb each other, nor tests that run meanwhile.
work="$(mktemp -d "$PWD/.install.XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cp package.json package-lock.json "$work"
(cd "$work" && npm ci --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) ||
	fail "npm ci failed, see above"

# An optional package that npm could not fetch, or whose hash is wrong, is
# missing afterwards without a word.
brought() {
	found="$(find "$work/node_modules" -name "$1" -type f 2>/dev/null | head -n 1)"
	[ -n "$found" ] ||
		fail "npm brought no $1: either its registry is out of reach (npm ping tells) or it sent something that does not fit package-lock.json"
}
brought "$program"
cp "$found" "$work/$program"
brought "$shipped"

cp "$found" "$work/$linked"
if [ "$linked" = libpact_ffi.dylib ]; then
	# A program finds the library by the name written in it; changing that
	# breaks the signature, which Apple's processors insist on.
	install_name_tool -id "@rpath/$linked" "$work/$linked"
	codesign --force --sign - "$work/$linked"
fi
echo "$stamp" >"$work/stamp"
mkdir -p lib
rm -f lib/stamp
mv -f "$work/$program" "lib/$program"
mv -f "$work/$linked" "lib/$linked"
mv -f "$work/stamp" lib/stamp
echo "installed the Pact core and the program pact in contracts/verify/lib"

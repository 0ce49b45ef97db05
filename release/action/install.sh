#!/bin/sh
# Installs a release of ticaga-mock for this machine into a folder, if its archive has the checksum that the release
# lists.
#
# usage: install.sh VERSION FOLDER [CHECKSUMS]
#
# CHECKSUMS is the SHA-256 of the release's checksums.txt, which pins what is installed. TICAGA_MOCK_RELEASES is the
# address of a mirror.
set -eu
fail() { echo "install.sh: $*" >&2; exit 1; }
[ $# -ge 2 ] || fail "usage: install.sh VERSION FOLDER [CHECKSUMS]"
version=${1#v} folder=$2 pinned=${3:-}
releases=${TICAGA_MOCK_RELEASES:-https://github.com/ticaga-mock/ticaga-mock/releases/download}

case $version in
'' | *[!0-9A-Za-z.-]* | .* | *..*) fail "version \"$version\": must be one such as 0.1.0" ;;
esac
case ${RUNNER_OS:-$(uname -s)} in
Linux) os=linux archive=tar.gz program=ticaga-mock ;;
macOS | Darwin) os=darwin archive=tar.gz program=ticaga-mock ;;
Windows | MINGW* | MSYS* | CYGWIN*) os=windows archive=zip program=ticaga-mock.exe ;;
*) fail "there is no archive for ${RUNNER_OS:-$(uname -s)}; build it with go install" ;;
esac
case ${RUNNER_ARCH:-$(uname -m)} in
X64 | x86_64 | amd64) arch=amd64 ;;
ARM64 | aarch64 | arm64) arch=arm64 ;;
*) fail "there is no archive for ${RUNNER_ARCH:-$(uname -m)}; build it with go install" ;;
esac
archive=ticaga-mock_${version}_${os}_$arch.$archive

fetch() {
	if command -v curl >/dev/null; then
		curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" || fail "cannot fetch $1"
	else
		wget -q -O "$2" "$1" || fail "cannot fetch $1"
	fi
}
# sum prints the SHA-256 of a file.
sum() {
	# shellcheck disable=SC1003 # sha256sum begins with a backslash when there is one in the name
	if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1 | tr -d '\\'
}

mkdir -p "$folder"
work=$(mktemp -d "$folder/install.XXXXXX")
trap 'rm -rf "$work"' EXIT
fetch "$releases/v$version/checksums.txt" "$work/checksums.txt"
if [ -n "$pinned" ] && [ "$(sum "$work/checksums.txt")" != "$pinned" ]; then
	fail "checksums.txt of $version has the SHA-256 $(sum "$work/checksums.txt"), expected $pinned"
fi
expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/checksums.txt")
[ -n "$expected" ] || fail "checksums.txt of $version does not list $archive"
fetch "$releases/v$version/$archive" "$work/$archive"
[ "$(sum "$work/$archive")" = "$expected" ] || fail "$archive has the SHA-256 $(sum "$work/$archive"), expected $expected"
case $archive in
*.zip) unzip -q -o "$work/$archive" "$program" -d "$work" ;;
*) tar -xzf "$work/$archive" -C "$work" "$program" ;;
esac
mv -f "$work/$program" "$folder/$program"

#!/bin/sh
# Tries what goreleaser has made in dist/: the checksums, the archive for this machine, and the package for Debian.
#
# usage: release/smoke.sh
set -eu
cd "$(dirname "$0")/../dist"
work=$(mktemp -d)
mock=
trap '[ -z "$mock" ] || kill "$mock" 2>/dev/null || true; rm -rf "$work"' EXIT
commit="(commit $(git rev-parse HEAD))"
[ -d ../.git ] || commit="ticaga-mock " # Go records no commit in a worktree of git
fail() { echo "smoke: $*" >&2; exit 1; }
case $(uname -m) in x86_64) arch=amd64 ;; aarch64 | arm64) arch=arm64 ;; *) fail "no archive for $(uname -m)" ;; esac

sha256sum --check --quiet checksums.txt
for file in ticaga-mock_*_linux_amd64.tar.gz ticaga-mock_*_linux_arm64.tar.gz ticaga-mock_*_darwin_amd64.tar.gz \
	ticaga-mock_*_darwin_arm64.tar.gz ticaga-mock_*_windows_amd64.zip ticaga-mock_*_windows_arm64.zip \
	ticaga-mock_*_linux_amd64.deb ticaga-mock_*_linux_arm64.deb ticaga-mock_*_linux_amd64.rpm ticaga-mock_*_linux_arm64.rpm \
	ticaga-mock_*_linux_amd64.apk ticaga-mock_*_linux_arm64.apk ticaga-mock_*_linux_amd64.cdx.json homebrew/Casks/ticaga-mock.rb; do
	[ -s "$file" ] || fail "there is no $file"
done

# try starts a program, gets its version and an answer, and ends it.
try() {
	"$1" version | grep "$commit" || fail "$1: its version does not name the commit"
	"$1" --addr 127.0.0.1:0 >"$work/ready" 2>"$work/log" &
	mock=$!
	for _ in $(seq 100); do grep -q ready "$work/ready" && break; sleep 0.1; done
	url=$(sed -n 's/.*ready at //p' "$work/ready")
	curl -fsS --noproxy '*' -u admin@ticaga.test:demo-token -H 'Accept: application/json' "$url/api/customers/get/8" | grep -q jane.roe || fail "$1: no answer at $url"
	kill "$mock"
	wait "$mock" || fail "$1: SIGTERM ends it with $?, want 0"
	mock=
}

mkdir "$work/archive" "$work/deb"
tar -xzf ticaga-mock_*_linux_$arch.tar.gz -C "$work/archive"
for file in LICENSE README.md CHANGELOG.md man/ticaga-mock.1.gz man/ticaga-mock-run.1.gz \
	completions/ticaga-mock.bash completions/_ticaga-mock completions/ticaga-mock.fish completions/ticaga-mock.ps1; do
	[ -s "$work/archive/$file" ] || fail "the archive has no $file"
done
try "$work/archive/ticaga-mock"

if command -v dpkg-deb >/dev/null; then
	dpkg-deb --extract ticaga-mock_*_linux_$arch.deb "$work/deb"
	for file in usr/share/man/man1/ticaga-mock.1.gz usr/share/bash-completion/completions/ticaga-mock \
		usr/share/zsh/vendor-completions/_ticaga-mock usr/share/fish/vendor_completions.d/ticaga-mock.fish usr/share/doc/ticaga-mock/copyright; do
		[ -s "$work/deb/$file" ] || fail "the deb has no $file"
	done
	cmp "$work/archive/ticaga-mock" "$work/deb/usr/bin/ticaga-mock"
	try "$work/deb/usr/bin/ticaga-mock"
fi
find . -maxdepth 1 -type f -name "ticaga-mock_*" -exec ls -l {} +

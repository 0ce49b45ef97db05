#!/bin/sh
# Publishes the packages for npm that are in a folder. Those with the program come first, because the other depends on
# them. What is published already is left out, so that a publication that has failed can be repeated. NPM_TOKEN is the
# token to do it with, unless npm has one. Options are those of npm publish, such as --dry-run or --provenance.
#
# usage: release/packages/publish.sh FOLDER [OPTION...]
set -eu

folder=${1:?usage: release/packages/publish.sh FOLDER [OPTION...]}
shift
tag=latest
ls "$folder"/ticaga-mock-[0-9]*.tgz >/dev/null # so that nothing is published without it
for tarball in "$folder"/ticaga-mock-[0-9]*-*.tgz; do
	[ ! -e "$tarball" ] || tag=next # it has a version such as 1.2.3-rc.1
done
if [ -n "${NPM_TOKEN:-}" ]; then
	npm_config_userconfig=$(mktemp)
	export npm_config_userconfig
	trap 'rm -f "$npm_config_userconfig"' EXIT
	registry=$(npm config get registry)
	# shellcheck disable=SC2016 # npm replaces it
	echo "//${registry#*//}:_authToken="'${NPM_TOKEN}' >"$npm_config_userconfig"
fi
for tarball in "$folder"/ticaga-mock-darwin-*.tgz "$folder"/ticaga-mock-linux-*.tgz "$folder"/ticaga-mock-win32-*.tgz "$folder"/ticaga-mock-[0-9]*.tgz; do
	[ -e "$tarball" ] || continue
	name=$(tar -xzOf "$tarball" package/package.json | sed -n 's/^  "name": "\(.*\)",$/\1/p')
	version=$(tar -xzOf "$tarball" package/package.json | sed -n 's/^  "version": "\(.*\)",*$/\1/p')
	[ "$(npm view "$name@$version" version 2>/dev/null)" != "$version" ] || continue
	npm publish "$tarball" --access public --tag "$tag" "$@"
done

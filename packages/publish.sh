#!/bin/sh
# Publishes the packages for npm that are in a folder. Those with the program come first, because the other depends on
# them. Options are those of npm publish, such as --dry-run or --provenance.
#
# usage: packages/publish.sh FOLDER [OPTION...]
set -eu

folder=${1:?usage: packages/publish.sh FOLDER [OPTION...]}
shift
tag=latest
ls "$folder"/ticaga-mock-[0-9]*.tgz >/dev/null # so that nothing is published without it
for tarball in "$folder"/ticaga-mock-[0-9]*-*.tgz; do
	[ ! -e "$tarball" ] || tag=next # it has a version such as 1.2.3-rc.1
done
for tarball in "$folder"/ticaga-mock-darwin-*.tgz "$folder"/ticaga-mock-linux-*.tgz "$folder"/ticaga-mock-win32-*.tgz "$folder"/ticaga-mock-[0-9]*.tgz; do
	[ ! -e "$tarball" ] || npm publish "$tarball" --access public --tag "$tag" "$@"
done

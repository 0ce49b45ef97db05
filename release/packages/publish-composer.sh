#!/bin/sh
# Publishes the package for Composer that is in a folder. Packagist reads packages from repositories of git that have
# nothing else, so this replaces what is in such a repository, commits it, and tags it with the version.
#
# usage: release/packages/publish-composer.sh FOLDER REPOSITORY
set -eu

folder=${1:?usage: release/packages/publish-composer.sh FOLDER REPOSITORY}
repository=${2:?usage: release/packages/publish-composer.sh FOLDER REPOSITORY}
zip=$(ls "$folder"/ticaga-mock-phpunit-[0-9]*.zip)
version=${zip##*/ticaga-mock-phpunit-} version=${version%.zip}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet "$repository" "$work" 2>/dev/null || { echo "publish-composer.sh: cannot clone the repository" >&2; exit 1; } # its URL may have a token
if git -C "$work" rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then
	echo "version $version is published already"
	exit
fi
git -C "$work" rm -r --quiet --ignore-unmatch .
unzip -q "$zip" -d "$work"
git -C "$work" add --all
git -C "$work" -c user.name=ticaga-mock -c user.email=maintainers@users.noreply.github.com \
	commit --quiet --allow-empty --message "Release $version"
git -C "$work" tag "v$version"
git -C "$work" push --quiet --atomic origin HEAD:refs/heads/main "v$version"

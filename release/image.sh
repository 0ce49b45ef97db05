#!/bin/sh
# Builds the container image for amd64 and arm64, or for ARCHS, with buildah, without a daemon and without root, and writes an archive
# of each to dist/, which docker load and podman load accept. With the name of an image it publishes both under it.
#
# usage: [ARCHS=amd64] release/image.sh [REGISTRY/NAME:TAG]
#
# The format is Docker's: that of OCI has no HEALTHCHECK.
set -eu
cd "$(dirname "$0")/.."
store=bin/image/store
made=$(git log -1 --format=%ct)
# chroot and vfs work where there are no user namespaces and no overlays; nothing runs in the build anyway.
buildah() { command buildah --root "$PWD/$store" --runroot "$PWD/$store.run" --storage-driver vfs "$@"; }
image=${1:-localhost/ticaga-mock}

mkdir -p dist
buildah rmi --all --force >/dev/null 2>&1 || true
buildah manifest create "$image" >/dev/null
for arch in ${ARCHS:-amd64 arm64}; do
	GOOS=linux GOARCH=$arch make --no-print-directory build PROGRAM="bin/image/$arch/ticaga-mock" >/dev/null
	one=$(buildah bud --quiet --isolation chroot --format docker --timestamp "$made" \
		--platform "linux/$arch" --build-arg "TARGETARCH=$arch" --file Containerfile .)
	rm -f "dist/ticaga-mock_image_$arch.tar"
	buildah push --quiet "$one" "docker-archive:dist/ticaga-mock_image_$arch.tar:localhost/ticaga-mock:latest"
	buildah manifest add "$image" "$one" >/dev/null
done
if [ $# -gt 0 ]; then
	buildah manifest push --all --format v2s2 --digestfile dist/image-digest.txt "$image" "docker://$image"
fi
ls -l dist/ticaga-mock_image_*.tar

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dist.sh: packs the last commit into .build/iotimer-VERSION.tar.gz: the same bytes from the same commit, on
# any machine.

. "$(dirname "$0")/lib.sh"

cd "$top"
git rev-parse -q --verify HEAD >/dev/null || die "not a git repository"
[ -z "$(git status --porcelain)" ] || note "what is not committed is not in it"
name=iotimer-$(version)
mkdir -p .build
git -c core.autocrlf=false -c tar.umask=0022 archive --format=tar --prefix="$name/" HEAD |
	gzip -n -9 >".build/$name.tar.gz.new"
mv ".build/$name.tar.gz.new" ".build/$name.tar.gz"
echo ".build/$name.tar.gz"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# clean-cache.sh: removes the cache folder and says what was in it. Nothing is ever mounted there
# (chroot.sh); should somebody have done so, nothing is removed, for it would be removed through the mount.

. "$(dirname "$0")/../lib.sh"

[ -d "$cache" ] || exit 0
mounted=$(awk -v below="$(realpath "$cache")/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo)
[ -z "$mounted" ] || die "not removed, for there are mounts: ${mounted//$'\n'/, }"
find "$cache" -mindepth 1 -maxdepth 1
rm -rf --one-file-system "$cache"

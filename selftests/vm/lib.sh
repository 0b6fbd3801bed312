# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# Sourced by every script here: where things are, and how they speak.

set -euo pipefail

unset CDPATH # cd prints where it went with it
vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm/../.." && pwd)
home=~ # also without HOME
cache=${IOTIMER_CACHE:-${XDG_CACHE_HOME:-$home/.cache}/iotimer}
# Where all is built: here, or where make cannot do that, below the cache, for each tree in a folder of its own
built=$top/.build
if [[ $top = *[[:space:]:]* ]] || ! [ -w "$top" ] || { [ -e "$built" ] && ! { [ -d "$built" ] && [ -w "$built" ]; }; }; then
	built=$cache/build-$(cksum <<<"$top" | cut -d ' ' -f 1)
fi

export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
# The script that was called first: guests end when it is gone, however it went.
export IOTIMER_OWNER=${IOTIMER_OWNER:-$$}
# What `make check KERNEL=... TESTS=...` passes on is for us, not for the makes that we start.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# Progress goes to stderr: the stdout of several scripts is their answer.
note() { printf '%s\n' "$*" >&2; }
die() { note "${0##*/}: $*"; exit 1; }

# The packages may be there already, so only the use of apt-get asks whether it can be used.
can_install() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

# The package lists of a fresh machine are empty, those of an old one may point at what the mirror has
# dropped since: then they are fetched, and COMMAND gets its second try.
with_package_lists() { # COMMAND...
	if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
		"$@" && return
	fi
	if can_install; then
		note "apt-get update"
		apt-get -qq update >&2 || return
	fi
	"$@"
}

install_packages() { # PACKAGE...
	can_install || die "not root on a machine with apt-get; install: $*"
	note "apt-get install $*"
	DEBIAN_FRONTEND=noninteractive with_package_lists apt-get -qq -y \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		install --no-install-recommends "$@" >&2
}

# A scratch folder beside what is cached: a thing is finished there and then moved into place, so
# that a run which is killed leaves no half of it behind.
scratch() {
	[ -z "${work-}" ] || return 0
	[[ $cache != *[[:space:]:]* ]] || die "make cannot build in $cache; IOTIMER_CACHE= names another folder"
	{ mkdir -p "$cache" && work=$(mktemp -d "$cache/tmp.XXXXXX"); } 2>/dev/null ||
		die "cannot write into $cache; IOTIMER_CACHE= names another folder"
	trap 'rm -rf "${work:?}"' EXIT
}

# Ends the process GUEST when the script that was called first, or this one, is gone: a signal to make reaches
# neither the guest nor what waits for it.
end_with_owner() { # GUEST
	exec >/dev/null 2>&1
	while kill -0 "$IOTIMER_OWNER" && kill -0 $$; do
		sleep 1
	done
	kill "$1"
}

# Two runs that use what is built for one RELEASE would mix: the second one waits. A run that uses several asks
# for all of them at once, in the order of their names, and what it calls has them, too.
reserve() { # RELEASE...
	local release lock
	mkdir -p "$built" || die "cannot write into $built"
	for release in $(printf '%s\n' "$@" | sort -u); do
		[[ " ${IOTIMER_RESERVED-} " != *" $built/$release "* ]] || continue
		exec {lock}>"$built/$release.lock"
		flock -n "$lock" || {
			note "$release: another run in this tree uses it, waiting"
			flock "$lock"
		}
		export IOTIMER_RESERVED="${IOTIMER_RESERVED-} $built/$release"
	done
}

# Leaves each PACKAGE's .deb in the scratch folder; nothing is installed. The array apt begins the command if
# the packages are not the machine's own: ("$vm/packages/suite.sh" SUITE).
apt=()
download() { # PACKAGE...
	local file
	need_apt "$@"
	(cd "${work:?}" && "${apt[@]}" apt-get -qq -o APT::Sandbox::User=root download "$@") >&2 || return
	for file in "${work:?}"/*.deb; do
		complete "$file" || { note "${file##*/}: not what the archive has, broken off?" && return 1; }
	done
}

need_apt() { # PACKAGE...
	command -v apt-get >/dev/null || die "no apt-get here to get $* with"
}

# The first line of the input, all of which is read: a command before it in a pipe would end with SIGPIPE. Fails if
# there is none.
first_line() { awk 'NR == 1 { print } END { exit !NR }'; }

# A package is as the lists describe it.
complete() { # FILE
	local package version sum
	package=$(dpkg-deb -f "$1" Package 2>/dev/null) && version=$(dpkg-deb -f "$1" Version) &&
		sum=$(sha256sum <"$1") || return
	"${apt[@]}" apt-cache show "$package=$version" |
		grep -x "SHA256: ${sum%% *}" >/dev/null # not -q: apt-cache would end with SIGPIPE
}

# The suite that this machine's Debian is, and the archive that it comes from.
own_suite() { (. /etc/os-release && echo "${VERSION_CODENAME:-stable}"); }
mirror() { mirror_of "$(own_suite)"; }

# Nothing if the machine has no packages from SUITE.
mirror_of() { # SUITE
	# shellcheck disable=SC2016 # apt-get's variables
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		sed -n "s/^$1 //p" | sed -n 1p
}

# The architecture of a kernel's RELEASE or name, or without it that of this machine, in Debian's words.
architecture() { # [RELEASE]
	case ${1-$(uname -m)} in
	*arm64 | aarch64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# /dev/kvm alone proves nothing: without vmx or svm it may hang a guest.
hardware_virtualization() { grep -Eqw 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; }

# Returns when less than N (one for each CPU) of this shell's jobs run.
wait_for_a_job() { # [N]
	while [ "$(jobs -rp | wc -l)" -ge "${1:-$(nproc)}" ]; do
		wait -n || :
	done
}

# The kernel's own name of a RELEASE's architecture, and the compiler's prefix, as arguments for make;
# nothing where the architecture is this machine's.
cross() { # RELEASE
	[[ $1 != *-uml-* ]] || { echo ARCH=um && return; }
	[ "$(architecture "$1")" = "$(architecture)" ] || case $(architecture "$1") in
	arm64) echo ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- ;;
	amd64) echo ARCH=x86 CROSS_COMPILE=x86_64-linux-gnu- ;;
	esac
}

# One way to call Kbuild, for other flags would build everything anew. BTF for a module would need the
# vmlinux that header packages lack. FOLDER is the part of the copy that is built, or all of it.
kbuild() { # RELEASE ARGUMENT...
	local release=$1 kernel=$cache/kernel-$1 place=()
	shift
	[ ! -e "$kernel/chroot" ] || place=("$vm/packages/chroot.sh" "$(cat "$kernel/chroot")")
	# shellcheck disable=SC2046 # several words or none
	"${place[@]}" make -j"$(nproc)" -C "$kernel/headers" M="$built/$release${FOLDER:+/$FOLDER}" $(cross "$release") \
		$([ ! -e "$kernel/llvm" ] || echo LLVM=1) \
		W=1 CONFIG_DEBUG_INFO_BTF_MODULES= ${GCOV:+GCOV_PROFILE=y} \
		"KCFLAGS=-fmacro-prefix-map=$built/$release/=" "$@"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sign.sh HEADERS [MODULE]...: signs modules, all that were built in module/ and module/samples/ if none is
# named, with the private KEY and the certificate CERT, or with the pair that DKMS has made on this machine.
# A module that is signed already gets a new signature.

. "$(dirname "$0")/lib.sh"

headers=${1:?HEADERS}
shift
key=${KEY:-/var/lib/dkms/mok.key}
cert=${CERT:-/var/lib/dkms/mok.pub}
mark='~Module signature appended~'

[ -r "$key" ] || die "no private key $key; KEY= and CERT= name another pair, module/Documentation/installing.md says how to make one"
[ -r "$cert" ] || die "no certificate $cert"

# The digest that the kernel was configured to sign its own modules with
hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' "$headers/.config")
modules=("$@")
[ ${#modules[@]} -gt 0 ] || mapfile -t modules < <(find "$module" -name '*.ko' | sort)
[ ${#modules[@]} -gt 0 ] || die "no modules here; build them first"

# The signature follows the module, in front of its length and the mark (include/linux/module_signature.h).
unsign() { # MODULE
	local size length
	tail -c 28 "$1" | grep -aqxF "$mark" || return 0
	size=$(stat -c %s "$1")
	length=$((0x$(tail -c 32 "$1" | head -c 4 | od -A n -t x1 | tr -d ' ')))
	truncate -s $((size - 28 - 12 - length)) "$1"
}

for file in "${modules[@]}"; do
	unsign "$file"
	"$headers/scripts/sign-file" "${hash:-sha256}" "$key" "$cert" "$file"
	echo "${file#"$top/"}: signed by $(modinfo -F signer "$file")"
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uncovered.sh RELEASE: proves that what <iotimer/wdm.h> does not cover does not compile, and that the
# compiler names it. Says what is wrong, and nothing if all is well.

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
folder=$built/$release/uncovered

# One line of a function each, with what must be complained of. Those with a - are covered: without
# them all would be well also where nothing compiles.
cases='KePulseEvent	KePulseEvent(p, 0, FALSE);
IoAttachDeviceToDeviceStack	IoAttachDeviceToDeviceStack(p, p);
IoAllocateAdapterChannel	IoAllocateAdapterChannel(p, p, 1, p, p);
KeInsertQueueApc	KeInsertQueueApc(p, p, p, 0);
KeSetPriorityThread	KeSetPriorityThread(p, 0);
ZwCreateFile	ZwCreateFile(p);
DeallocateObjectKeepRegisters	return (void)DeallocateObjectKeepRegisters;
FastIoDispatch	((PDEVICE_OBJECT)p)->DriverObject->FastIoDispatch = p;
MmProbeAndLockPages	MmProbeAndLockPages(p, KernelMode, 0);
IoBuildSynchronousFsdRequest	p = IoBuildSynchronousFsdRequest(IRP_MJ_READ, p, p, 0, p, p, p);
WmiCompleteRequest	WmiCompleteRequest(p, p, 0, 0, 0);
IRP_MN_START_DEVICE	return (void)IRP_MN_START_DEVICE;
incomplete\|undefined	return (void)((PKEY_BASIC_INFORMATION)p)->NameLength;
incomplete\|undefined	return (void)sizeof(RTL_QUERY_REGISTRY_TABLE);
KeBugCheckEx	KeBugCheckEx(0, 0, 0, 0, 0);
-	p = ExAllocatePoolWithTag(NonPagedPool, 1, 0);
-	p = ExAllocatePoolWithTag(PagedPool, 1, 0);
-	((PIRP)p)->MdlAddress = p;
-	KeInsertQueueDpc(p, NULL, NULL);
-	PsCreateSystemThread(&p, 0, NULL, NULL, NULL, p, NULL);
-	p = IoBuildDeviceIoControlRequest(0, p, p, 0, p, 0, FALSE, p, p);
-	IoCompleteRequest((PIRP)p, 0);
-	KeWaitForSingleObject(p, Executive, KernelMode, FALSE, NULL);'

function_of() { # NUMBER STATEMENT
	printf 'void f%d(PVOID p);\nvoid f%d(PVOID p)\n{\n\t%s\n}\n' "$1" "$1" "$2"
}

rm -rf "$folder"
mkdir -p "$folder"
n=0
while IFS=$'\t' read -r _ statement; do
	n=$((n + 1))
	{
		printf '#include <iotimer/wdm.h>\n'
		function_of $n "$statement"
	} >"$folder/case$n.c"
	echo "obj-m += case$n.o" >>"$folder/Kbuild"
done <<<"$cases"

# A file of its own for each, because an error may hide others, and one after the other.
log=$(make -k -C "$cache/kernel-$release/headers" M="$folder" W=1 \
	KCFLAGS="-I$top/module/include" CONFIG_DEBUG_INFO_BTF_MODULES= 2>&1) || :

errors_of() { # NUMBER
	awk -v object="/case$1.o" '/^  CC / { mine = $NF ~ object "$" } mine && /error: /' <<<"$log"
}

n=0
while IFS=$'\t' read -r name statement; do
	n=$((n + 1))
	errors=$(errors_of $n)
	if [ "$name" = - ]; then
		[ -z "$errors" ] || printf '%s\n' "does not compile: $statement" "$errors"
	elif ! grep -q -- "$name" <<<"$errors"; then
		echo "compiles, or the compiler does not say why not: $statement"
	fi
done <<<"$cases"

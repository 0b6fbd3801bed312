/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System threads: kthreads that can be waited for. A handle is the thread object, and
 * there are handles of threads only.
 */
#ifndef _IOTIMER_WDM_THREAD_H
#define _IOTIMER_WDM_THREAD_H

#include <linux/kref.h>
#include <linux/module.h>

#include <iotimer/wdm/dispatcher.h>
#include <iotimer/wdm/irql.h>
#include <iotimer/wdm/status.h>

#define THREAD_ALL_ACCESS		0x001fffff
#define OBJ_KERNEL_HANDLE		0x00000200

typedef ULONG ACCESS_MASK;

/**
 * typedef KSTART_ROUTINE - the routine of a system thread
 * @StartContext: as given to PsCreateSystemThread()
 *
 * Context: PASSIVE_LEVEL.
 */
typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/**
 * struct _KTHREAD - a system thread: KTHREAD
 * @Header: signalled once the thread has ended
 */
typedef struct _KTHREAD {
	DISPATCHER_HEADER	Header;

	/* private: */
	struct kref		ref;		/* the thread, handles, pointers */
	struct list_head	node;		/* while it runs */
	struct task_struct	*task;
	struct module		*owner;
	PKSTART_ROUTINE		routine;
	PVOID			context;
} KTHREAD, *PKTHREAD, *PETHREAD;

/* Attributes of a new thread; none of them has an effect. */
typedef struct _OBJECT_ATTRIBUTES {
	ULONG		Length;
	HANDLE		RootDirectory;
	PUNICODE_STRING	ObjectName;
	ULONG		Attributes;
	PVOID		SecurityDescriptor;
	PVOID		SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define InitializeObjectAttributes(POINTER, NAME, FLAGS, ROOT, SECURITY) \
	((void)(*(POINTER) = (OBJECT_ATTRIBUTES){			\
		.Length			= sizeof(OBJECT_ATTRIBUTES),	\
		.RootDirectory		= (ROOT),			\
		.ObjectName		= (NAME),			\
		.Attributes		= (FLAGS),			\
		.SecurityDescriptor	= (SECURITY),			\
	}))

typedef struct _CLIENT_ID {
	HANDLE	UniqueProcess;
	HANDLE	UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _OBJECT_HANDLE_INFORMATION *POBJECT_HANDLE_INFORMATION;

extern POBJECT_TYPE *PsThreadType;

NTSTATUS iotimer_wdm_create_thread(struct module *owner, HANDLE *handle,
				   PKSTART_ROUTINE routine, PVOID context);
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus);
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
				   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
				   PVOID *Object,
				   POBJECT_HANDLE_INFORMATION HandleInformation);
NTSTATUS ZwClose(HANDLE Handle);
VOID ObReferenceObject(PVOID Object);
VOID ObDereferenceObject(PVOID Object);

/**
 * PsCreateSystemThread() - create a thread: kthread_create()
 * @ThreadHandle: set to a handle, which ZwClose() closes
 * @DesiredAccess: without effect
 * @ObjectAttributes: likewise
 * @ProcessHandle: likewise: threads are the kernel's
 * @ClientId: likewise
 * @StartRoutine: called in the thread
 * @StartContext: passed to @StartRoutine
 *
 * Differs from Windows: the thread ends when @StartRoutine returns, too. A thread that runs
 * when the driver is unloaded is waited for, after DriverUnload, and named after 10 seconds.
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_PARAMETER without a
 * routine; STATUS_UNSUCCESSFUL where it must not be called.
 */
static inline
NTSTATUS PsCreateSystemThread(HANDLE *ThreadHandle, ACCESS_MASK DesiredAccess,
			      POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
			      PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
			      PVOID StartContext)
{
	return iotimer_wdm_create_thread(THIS_MODULE, ThreadHandle, StartRoutine, StartContext);
}

#define PsCreateSystemThread(HANDLE, ACCESS, ATTRIBUTES, PROCESS, ID, ROUTINE, CONTEXT)	\
	(IOTIMER_WDM_MAY_SLEEP("PsCreateSystemThread") ?		\
	 PsCreateSystemThread(HANDLE, ACCESS, ATTRIBUTES, PROCESS, ID, ROUTINE, CONTEXT) : \
	 STATUS_UNSUCCESSFUL)
#define PsTerminateSystemThread(STATUS)					\
	(IOTIMER_WDM_MAY_SLEEP("PsTerminateSystemThread") ?		\
	 PsTerminateSystemThread(STATUS) : STATUS_UNSUCCESSFUL)

#endif /* _IOTIMER_WDM_THREAD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LIST_ENTRY: a struct list_head with other names, and with the kernel's checks of
 * lists where they are configured. ExInterlocked* take the lock with interrupts
 * disabled, so they work in every context in which a spinlock_t may be taken.
 */
#ifndef _IOTIMER_WDM_LIST_H
#define _IOTIMER_WDM_LIST_H

#include <linux/list.h>

#include <iotimer/wdm/spinlock.h>

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

static_assert(sizeof(LIST_ENTRY) == sizeof(struct list_head) &&
	      offsetof(LIST_ENTRY, Flink) == offsetof(struct list_head, next) &&
	      offsetof(LIST_ENTRY, Blink) == offsetof(struct list_head, prev));

static inline struct list_head *iotimer_wdm_list(PLIST_ENTRY entry)
{
	return (struct list_head *)entry;
}

static inline VOID InitializeListHead(PLIST_ENTRY ListHead)
{
	INIT_LIST_HEAD(iotimer_wdm_list(ListHead));
}

static inline BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead)
{
	return list_empty((const struct list_head *)ListHead);
}

static inline VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	list_add(iotimer_wdm_list(Entry), iotimer_wdm_list(ListHead));
}

static inline VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	list_add_tail(iotimer_wdm_list(Entry), iotimer_wdm_list(ListHead));
}

/**
 * RemoveEntryList() - take an entry off its list: __list_del_entry()
 * @Entry: the entry, whose own pointers stay as they were
 *
 * Differs from Windows: where the kernel is configured to check its lists, a corrupt
 * list is reported and not changed.
 *
 * Context: Under the lock that guards the list.
 * Return: TRUE if the list is empty now, otherwise FALSE.
 */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
	__list_del_entry(iotimer_wdm_list(Entry));
	return Entry->Flink == Entry->Blink;
}

/**
 * RemoveHeadList() - take the first entry off a list
 * @ListHead: the list
 *
 * Context: Under the lock that guards the list.
 * Return: the entry; as on Windows the head itself if the list was empty.
 */
static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Flink;

	RemoveEntryList(entry);
	return entry;
}

/**
 * RemoveTailList() - take the last entry off a list
 * @ListHead: the list
 *
 * Context: Under the lock that guards the list.
 * Return: the entry; as on Windows the head itself if the list was empty.
 */
static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Blink;

	RemoveEntryList(entry);
	return entry;
}

/**
 * AppendTailList() - put a ring of entries without a head at the end of a list
 * @ListHead: the list
 * @ListToAppend: the first of the entries
 *
 * Context: Under the lock that guards the list.
 */
static inline VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
	LIST_HEAD(head);

	list_add_tail(&head, iotimer_wdm_list(ListToAppend));
	list_splice_tail(&head, iotimer_wdm_list(ListHead));
}

static inline VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry)
{
	Entry->Next = ListHead->Next;
	ListHead->Next = Entry;
}

static inline PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
	PSINGLE_LIST_ENTRY entry = ListHead->Next;

	if (entry)
		ListHead->Next = entry->Next;
	return entry;
}

/**
 * ExInterlockedInsertHeadList() - InsertHeadList() under a lock
 * @ListHead: the list
 * @ListEntry: the entry
 * @Lock: guards the list
 *
 * Context: Any IRQL, ISRs included if @Lock is taken in no other way than by these
 * functions. Differs from Windows: on PREEMPT_RT not with interrupts disabled.
 * Return: the entry that was the first before; NULL if the list was empty.
 */
static inline PLIST_ENTRY
ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
	PLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = IsListEmpty(ListHead) ? NULL : ListHead->Flink;
	InsertHeadList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

/**
 * ExInterlockedInsertTailList() - InsertTailList() under a lock
 * @ListHead: the list
 * @ListEntry: the entry
 * @Lock: guards the list
 *
 * Context: as ExInterlockedInsertHeadList().
 * Return: the entry that was the last before; NULL if the list was empty.
 */
static inline PLIST_ENTRY
ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
	PLIST_ENTRY last;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;
	InsertTailList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return last;
}

/**
 * ExInterlockedRemoveHeadList() - RemoveHeadList() under a lock
 * @ListHead: the list
 * @Lock: guards the list
 *
 * Context: as ExInterlockedInsertHeadList().
 * Return: the entry; NULL if the list was empty.
 */
static inline PLIST_ENTRY
ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
	PLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = IsListEmpty(ListHead) ? NULL : RemoveHeadList(ListHead);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

/**
 * ExInterlockedPushEntryList() - PushEntryList() under a lock
 * @ListHead: the list
 * @ListEntry: the entry
 * @Lock: guards the list
 *
 * Context: as ExInterlockedInsertHeadList().
 * Return: the entry that was the first before; NULL if the list was empty.
 */
static inline PSINGLE_LIST_ENTRY
ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY ListEntry,
			   PKSPIN_LOCK Lock)
{
	PSINGLE_LIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = ListHead->Next;
	PushEntryList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

/**
 * ExInterlockedPopEntryList() - PopEntryList() under a lock
 * @ListHead: the list
 * @Lock: guards the list
 *
 * Context: as ExInterlockedInsertHeadList().
 * Return: the entry; NULL if the list was empty.
 */
static inline PSINGLE_LIST_ENTRY
ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
	PSINGLE_LIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = PopEntryList(ListHead);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

#endif /* _IOTIMER_WDM_LIST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LIST_ENTRY: a struct list_head in other words, with the kernel's checks of
 * lists where they are configured. ExInterlocked* take the lock with interrupts
 * off, so that they serve in every context in which a spinlock_t may be taken.
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

/* Is the list empty now? Leaves the entry's own pointers as they were. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
	__list_del_entry(iotimer_wdm_list(Entry));
	return Entry->Flink == Entry->Blink;
}

/* The head itself if the list is empty. */
static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Flink;

	RemoveEntryList(entry);
	return entry;
}

static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Blink;

	RemoveEntryList(entry);
	return entry;
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

/* The one that was the first before; NULL if the list was empty. */
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

/* The one that was the last before; NULL if the list was empty. */
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

/* NULL if the list is empty. */
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

#endif /* _IOTIMER_WDM_LIST_H */

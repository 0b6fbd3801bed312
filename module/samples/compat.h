/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that iotimer supports, probed for by
 * what is there rather than by version: distributions backport.
 */
#ifndef IOTIMER_COMPAT_H
#define IOTIMER_COMPAT_H

#include <linux/pci.h>

/* 2026-11: 6.12 renamed PCI_IRQ_LEGACY. */
#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

#endif /* IOTIMER_COMPAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device registers, in memory that the entry points have mapped with ioremap() or a
 * relative of it, and in I/O ports. Windows has no type of its own for such addresses;
 * iotimer_wdm_registers() converts a mapping.
 */
#ifndef _IOTIMER_WDM_IO_H
#define _IOTIMER_WDM_IO_H

#include <linux/io.h>

#include <iotimer/wdm/types.h>

/**
 * iotimer_wdm_registers() - convert a mapping, for READ_REGISTER_ULONG() and its like
 * @mapping: an address that pci_iomap() or a relative of it has returned
 *
 * Windows has no such function.
 *
 * Context: Any.
 * Return: the same address, of a type that Windows sources can use.
 */
static inline PVOID iotimer_wdm_registers(void __iomem *mapping)
{
	return (__force PVOID)mapping;
}

#define IOTIMER_WDM_REGISTER(NAME, TYPE, READ, WRITE)			\
static inline TYPE READ_REGISTER_##NAME(const TYPE volatile *Register)	\
{									\
	return READ((const volatile void __force __iomem *)Register);	\
}									\
									\
static inline VOID WRITE_REGISTER_##NAME(TYPE volatile *Register, TYPE Value) \
{									\
	WRITE(Value, (volatile void __force __iomem *)Register);	\
}

IOTIMER_WDM_REGISTER(UCHAR, UCHAR, readb, writeb)
IOTIMER_WDM_REGISTER(USHORT, USHORT, readw, writew)
IOTIMER_WDM_REGISTER(ULONG, ULONG, readl, writel)

#define IOTIMER_WDM_PORT(NAME, TYPE, IN_OP, OUT_OP)			\
static inline TYPE READ_PORT_##NAME(const TYPE *Port)			\
{									\
	return IN_OP((unsigned long)Port);				\
}									\
									\
static inline VOID WRITE_PORT_##NAME(TYPE *Port, TYPE Value)		\
{									\
	OUT_OP(Value, (unsigned long)Port);				\
}

#ifdef CONFIG_HAS_IOPORT_MAP
IOTIMER_WDM_PORT(UCHAR, UCHAR, inb, outb)
IOTIMER_WDM_PORT(USHORT, USHORT, inw, outw)
IOTIMER_WDM_PORT(ULONG, ULONG, inl, outl)
#endif

/**
 * KeMemoryBarrier() - a full barrier: mb()
 *
 * Context: Any IRQL.
 */
static inline VOID KeMemoryBarrier(void)
{
	mb();	/* the driver documents its partner */
}

#endif /* _IOTIMER_WDM_IO_H */

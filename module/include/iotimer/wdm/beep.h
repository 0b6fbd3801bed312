/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The speaker of a PC.
 */
#ifndef _IOTIMER_WDM_BEEP_H
#define _IOTIMER_WDM_BEEP_H

#include <linux/timex.h>

#include <iotimer/wdm/irp.h>

#ifdef CONFIG_I8253_LOCK
#include <linux/i8253.h>
#endif

#define DD_BEEP_DEVICE_NAME	"\\Device\\Beep"
#define DD_BEEP_DEVICE_NAME_U	L"\\Device\\Beep"

#define BEEP_FREQUENCY_MINIMUM	0x25
#define BEEP_FREQUENCY_MAXIMUM	0x7fff

#define IOCTL_BEEP_SET	CTL_CODE(FILE_DEVICE_BEEP, 0, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _BEEP_SET_PARAMETERS {
	ULONG	Frequency;
	ULONG	Duration;
} BEEP_SET_PARAMETERS, *PBEEP_SET_PARAMETERS;

#ifdef CONFIG_I8253_LOCK
#define IOTIMER_WDM_SPEAKER	0x61	/* gate and data in bits 0 and 1 */

/**
 * HalMakeBeep() - start a tone, or end it
 * @Frequency: in Hz, from 19 on; 0 ends the tone
 *
 * Differs from Windows: only for machines with an i8253, elsewhere the name is not
 * declared. The kernel's pcspkr driver uses the same speaker.
 *
 * Context: Any IRQL.
 * Return: TRUE; FALSE for a frequency that the timer cannot make, without effect.
 */
static inline BOOLEAN HalMakeBeep(ULONG Frequency)
{
	ULONG divisor = Frequency ? PIT_TICK_RATE / Frequency : 0;
	unsigned long flags;

	if (Frequency && (!divisor || divisor > MAXUSHORT))
		return FALSE;
	raw_spin_lock_irqsave(&i8253_lock, flags);
	if (Frequency) {
		outb_p(inb_p(IOTIMER_WDM_SPEAKER) | 3, IOTIMER_WDM_SPEAKER);
		outb_p(0xb6, PIT_MODE);		/* channel 2, both bytes, square wave */
		outb_p(divisor & 0xff, PIT_CH2);
		outb_p(divisor >> 8 & 0xff, PIT_CH2);
	} else {
		outb_p(inb_p(IOTIMER_WDM_SPEAKER) & ~3, IOTIMER_WDM_SPEAKER);
	}
	raw_spin_unlock_irqrestore(&i8253_lock, flags);
	return TRUE;
}
#endif

#endif /* _IOTIMER_WDM_BEEP_H */

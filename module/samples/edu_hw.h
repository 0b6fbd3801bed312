/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's edu device, as its docs/specs/edu.rst describes it: registers in BAR 0.
 * It computes a factorial and raises an interrupt when it is done.
 */
#ifndef EDU_HW_H
#define EDU_HW_H

#define EDU_VENDOR		0x1234
#define EDU_DEVICE		0x11e8

#define EDU_ID			0x00
#define EDU_FACTORIAL		0x08	/* number in, factorial out */
#define EDU_STATUS		0x20
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64

#define EDU_ID_MASK		0xff
#define EDU_ID_VALUE		0xed
#define EDU_STATUS_COMPUTING	0x01	/* numbers are ignored meanwhile */
#define EDU_STATUS_IRQ		0x80	/* raise an interrupt when done */
#define EDU_IRQ_FACTORIAL	0x01
#define EDU_IRQ_RESET		0x02	/* any other bit is ours to raise */

#define EDU_MAX_NUMBER		12	/* it has 32 bits, 13! has more */

#endif /* EDU_HW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers of QEMU's edu device in BAR 0, see docs/specs/edu.rst of QEMU. The
 * device computes a factorial and raises an interrupt when it has finished.
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
#define EDU_STATUS_COMPUTING	0x01	/* new numbers are ignored */
#define EDU_STATUS_IRQ		0x80	/* raise an interrupt when done */
#define EDU_IRQ_FACTORIAL	0x01
#define EDU_IRQ_RESET		0x02	/* any other bit is free for drivers */

#define EDU_MAX_NUMBER		12	/* 13! needs more than 32 bits */

#endif /* EDU_HW_H */

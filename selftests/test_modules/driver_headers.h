/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers that drivers include: <iotimer/wdm.h> must compile before and after all
 * of them.
 */
#include <linux/acpi.h>
#include <linux/cdev.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/i2c.h>
#include <linux/idr.h>
#include <linux/input.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/libata.h>
#include <linux/miscdevice.h>
#include <linux/mtd/mtd.h>
#include <linux/netdevice.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/regmap.h>
#include <linux/seq_file.h>
#include <linux/serial_8250.h>
#include <linux/serial_core.h>
#include <linux/spi/spi.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <linux/usb.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_host.h>
#include <sound/core.h>
#include <sound/pcm.h>

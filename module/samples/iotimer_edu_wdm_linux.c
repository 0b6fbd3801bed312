// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu_wdm - what is Linux's: PCI, poll(), tracing and a look into debugfs
 */
#include <linux/seq_file.h>

#include <iotimer/wdm/front.h>

#include "edu_hw.h"
#include "iotimer_edu_wdm.h"

#define CREATE_TRACE_POINTS
#include "iotimer_edu_wdm_trace.h"

static bool intx;
module_param(intx, bool, 0444);
MODULE_PARM_DESC(intx, "use the level-triggered line instead of MSI");

VOID EduNotify(PDEVICE_OBJECT DeviceObject)
{
	iotimer_wdm_wake(DeviceObject);
}

VOID EduTrace(PDEVICE_OBJECT DeviceObject, ULONG Id, PCSTR Step, LONG Value)
{
	PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;

	trace_edu_step(extension->Number, Id, Step, Value);
}

VOID EduTraceFailure(PDEVICE_OBJECT DeviceObject, ULONG Id, NTSTATUS Status)
{
	EduTrace(DeviceObject, Id, "failure: error", iotimer_wdm_error(Status));
}

static __poll_t edu_poll(PFILE_OBJECT file)
{
	return (EduIsReadable(file) ? EPOLLIN | EPOLLRDNORM : 0) |
	       (EduIsWritable(file) ? EPOLLOUT | EPOLLWRNORM : 0);
}

static void edu_show(struct seq_file *m, void *context)
{
	PDEVICE_OBJECT device = context;
	PDEVICE_EXTENSION extension = device->DeviceExtension;
	EDU_ISR_STATE state;

	spin_lock_bh(&extension->Lock);
	if (extension->Started) {
		EduQueryState(device, &state);
		seq_printf(m, "requests:       %u\nactive:         %u\nqueued:         %u\n",
			   extension->LastId, extension->Active ? extension->Active->Id : 0,
			   EduCountQueued(device));
		seq_printf(m, "counter:        %d\nreset_expected: %d\n",
			   state.TimerCounter, state.ResetExpected);
	}
	spin_unlock_bh(&extension->Lock);
}

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) }, { } };
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct iotimer_wdm_pci edu_pci = {
	.pci.name	= "iotimer_edu",
	.pci.id_table	= edu_ids,
	.intx		= &intx,
	.add		= EduAddDevice,
	.start		= EduStartDevice,
	.stop		= EduStopDevice,
	.show		= edu_show,
};

iotimer_wdm_driver(DriverEntry, .pci = &edu_pci, .poll = edu_poll);

MODULE_DESCRIPTION("iotimer sample: QEMU's edu device, ported from Windows names");
MODULE_LICENSE("GPL");

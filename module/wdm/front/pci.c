// SPDX-License-Identifier: GPL-2.0
/*
 * The glue to PCI: a mapped BAR and an interrupt for the driver.
 */
#include "front.h"

/* 2026-11: 6.12 renamed PCI_IRQ_LEGACY. */
#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

static struct iotimer_wdm_pci *glue_of(struct pci_dev *pdev)
{
	return container_of(to_pci_driver(pdev->dev.driver), struct iotimer_wdm_pci, pci);
}

/* Enables the device and maps its registers; all of it ends with the device. */
static void __iomem *pci_registers(struct iotimer_wdm_pci *glue, struct pci_dev *pdev)
{
	int ret = pcim_enable_device(pdev);

	if (ret)
		return IOMEM_ERR_PTR(ret);
	pci_set_master(pdev);	/* an MSI is a write to memory */
	return devm_ioremap_resource(&pdev->dev, &pdev->resource[glue->bar]);
}

static int pci_vector(struct iotimer_wdm_pci *glue, struct pci_dev *pdev)
{
	bool intx = glue->intx && *glue->intx;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, 1, 1, intx ? PCI_IRQ_INTX :
				    PCI_IRQ_INTX | PCI_IRQ_MSI);
	return ret < 0 ? ret : pci_irq_vector(pdev, 0);
}

static int status_error(NTSTATUS status)
{
	return NT_SUCCESS(status) ? 0 : iotimer_wdm_error(status) ?: -EIO;
}

void front_pci_delete(struct iotimer_wdm_pci *glue, PDEVICE_OBJECT device)
{
	if (glue->remove)
		glue->remove(device);
	else
		IoDeleteDevice(device);
}

/* The node, with a reference for the PCI device. */
static int start_device(struct iotimer_wdm_pci *glue, struct pci_dev *pdev,
			PDEVICE_OBJECT device, void __iomem *registers, int vector)
{
	struct front_node *node;
	int ret;

	ret = status_error(glue->start(device, iotimer_wdm_registers(registers), vector));
	if (ret)
		return ret;
	if (glue->show)
		iotimer_device_set_show(iotimer_wdm_device(device), glue->show, NULL);
	ret = iotimer_wdm_publish(device, &pdev->dev);
	if (ret) {
		glue->stop(device);
		return ret;
	}
	node = rcu_dereference_protected(device->node_of_front, true);
	kref_get(&node->ref);
	pci_set_drvdata(pdev, node);
	return 0;
}

static int front_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct iotimer_wdm_pci *glue = glue_of(pdev);
	PDEVICE_OBJECT device = NULL;
	void __iomem *registers;
	int ret, vector;

	registers = pci_registers(glue, pdev);
	if (IS_ERR(registers))
		return PTR_ERR(registers);
	vector = pci_vector(glue, pdev);
	if (vector < 0)
		return vector;
	ret = status_error(glue->add(&glue->driver->object, &device));
	if (ret)
		goto free_vectors;
	ret = start_device(glue, pdev, device, registers, vector);
	if (!ret)
		return 0;
	front_pci_delete(glue, device);
free_vectors:
	pci_free_irq_vectors(pdev);
	return ret;
}

static void front_pci_remove(struct pci_dev *pdev)
{
	struct front_node *node = pci_get_drvdata(pdev);
	bool first = front_node_gone(node);

	if (!node->dead) {
		glue_of(pdev)->stop(node->device);
		front_node_deregister(node, first);
		front_node_put(node);	/* the device object's */
	}
	pci_free_irq_vectors(pdev);
	front_node_put(node);
}

int front_pci_register(struct iotimer_wdm_driver *driver, struct module *owner)
{
	struct iotimer_wdm_pci *glue = driver->pci;

	if (!glue)
		return 0;
	if (glue->bar < 0 || glue->bar >= PCI_STD_NUM_BARS) {
		pr_err("iotimer: %s: there is no BAR %d\n", driver->name, glue->bar);
		return -EINVAL;
	}
	glue->driver = driver;
	glue->pci.probe = front_pci_probe;
	glue->pci.remove = front_pci_remove;
	return __pci_register_driver(&glue->pci, owner, driver->name);
}

void front_pci_unregister(struct iotimer_wdm_driver *driver)
{
	if (driver->pci)
		pci_unregister_driver(&driver->pci->pci);
}

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

static int resources_get(struct iotimer_wdm_pci *glue, struct pci_dev *pdev,
			 struct iotimer_wdm_resources *resources)
{
	bool intx = glue->intx && *glue->intx;
	void __iomem *registers;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	registers = devm_ioremap_resource(&pdev->dev, &pdev->resource[glue->bar]);
	if (IS_ERR(registers))
		return PTR_ERR(registers);
	pci_set_master(pdev);	/* an MSI is a write to memory */
	ret = pci_alloc_irq_vectors(pdev, 1, 1, intx ? PCI_IRQ_INTX :
				    PCI_IRQ_INTX | PCI_IRQ_MSI);
	if (ret < 0)
		return ret;
	resources->Registers = iotimer_wdm_registers(registers);
	resources->Length = pci_resource_len(pdev, glue->bar);
	resources->Vector = pci_irq_vector(pdev, 0);
	return 0;
}

static int front_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct iotimer_wdm_pci *glue = glue_of(pdev);
	struct iotimer_wdm_resources resources;
	struct front_node *node;
	PDEVICE_OBJECT device = NULL;
	NTSTATUS status;
	int ret;

	ret = resources_get(glue, pdev, &resources);
	if (ret)
		return ret;
	status = glue->start(&glue->driver->object, &resources, &device);
	ret = NT_SUCCESS(status) ? 0 : front_error(status) ?: -EIO;
	if (ret)
		goto free_vectors;
	ret = iotimer_wdm_publish(device, &pdev->dev);
	if (ret)
		goto stop;
	node = rcu_dereference_protected(device->node_of_front, true);
	kref_get(&node->ref);
	pci_set_drvdata(pdev, node);
	return 0;
stop:
	glue->stop(device);
	glue->remove(device);
free_vectors:
	pci_free_irq_vectors(pdev);
	return ret;
}

static void front_pci_remove(struct pci_dev *pdev)
{
	struct front_node *node = pci_get_drvdata(pdev);

	front_node_gone(node);
	if (!node->dead) {
		glue_of(pdev)->stop(node->device);
		front_node_end(node);
	}
	pci_free_irq_vectors(pdev);
	front_node_put(node);
}

int front_pci_register(struct iotimer_wdm_driver *driver, struct module *owner)
{
	struct iotimer_wdm_pci *glue = driver->pci;

	if (!glue)
		return 0;
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

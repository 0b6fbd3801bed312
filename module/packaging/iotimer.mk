# SPDX-License-Identifier: GPL-2.0
# For the Kbuild file of a driver that uses iotimer and is built on its own:
#
#	include /usr/src/iotimer/iotimer.mk
#	obj-m := my_driver.o
#
# This adds the folder of the headers to the compiler's flags, and to
# KBUILD_EXTRA_SYMBOLS the Module.symvers of the iotimer that is installed for
# the kernel that the driver is built for, $(KERNELRELEASE). It works as
# installed by `make install`, by the package iotimer-dev, and in the source
# tree, as module/packaging/iotimer.mk.
#
# IOTIMER_SYMVERS, on make's command line, is another Module.symvers.

iotimer_here := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))

ifneq ($(wildcard $(iotimer_here)/../Kbuild),)
iotimer_include := $(abspath $(iotimer_here)/../include)
iotimer_symvers := $(abspath $(iotimer_here)/../Module.symvers)
else
iotimer_include := $(iotimer_here)/include
# installed by `make install`, or by DKMS, both below the same root
iotimer_symvers := $(iotimer_here)/symvers/$(KERNELRELEASE)/Module.symvers \
	$(iotimer_here)/../../../var/lib/dkms/iotimer/kernel-$(KERNELRELEASE)-*/module/Module.symvers
endif

# The one that was installed last, if there are several.
IOTIMER_SYMVERS ?= $(firstword $(if $(wildcard $(iotimer_symvers)),\
	$(shell ls -t $(wildcard $(iotimer_symvers)))))

# The second folder has the headers of Windows by their own names, for include lines that stay as they are.
ccflags-y += -I$(iotimer_include) -I$(iotimer_include)/iotimer/ddk

# A structure that begins with another one has its members, as for the compilers of Windows.
ccflags-y += -fms-extensions

# Nothing is needed to clean up.
ifeq ($(filter %/Makefile.clean,$(MAKEFILE_LIST)),)
ifneq ($(KERNELRELEASE),)
ifeq ($(wildcard $(IOTIMER_SYMVERS)),)
$(error iotimer is not installed for $(KERNELRELEASE))
endif
KBUILD_EXTRA_SYMBOLS += $(IOTIMER_SYMVERS)
endif
endif

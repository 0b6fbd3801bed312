# SPDX-License-Identifier: GPL-2.0
# Prints the names of the modules that module/Kbuild builds. Run in module/.

KBUILD_EXTMOD := .
src := .
obj := .
all:
	@echo $(basename $(obj-m))
include Kbuild
.PHONY: all

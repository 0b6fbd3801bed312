/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <dontuse.h> in a ported source: it has warnings of another compiler. */

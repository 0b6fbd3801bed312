// SPDX-License-Identifier: GPL-2.0
/*
 * DbgPrint: rewrites a Windows format for the kernel's printk().
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "wdm.h"

__diag_ignore(GCC, 8, "-Wsuggest-attribute=format", "The format is none that gcc knows.");

struct format {
	char	text[256];
	size_t	n;
};

/* What does not fit is cut off: the last character stays free for the NUL. */
static void put(struct format *format, const char *text, size_t n)
{
	n = min(n, sizeof(format->text) - 1 - format->n);
	memcpy(format->text + format->n, text, n);
	format->n += n;
}

/* How long a prefix of the length of an argument is, and which the kernel has. */
static size_t translate_length(const char *from, const char **to)
{
	if (strstarts(from, "I64") || strstarts(from, "ll")) {
		*to = "ll";
		return *from == 'I' ? 3 : 2;
	}
	*to = "";
	if (*from == 'I')
		*to = "l";		/* as wide as a pointer */
	if (*from == 'h')
		*to = "h";
	return strchr("Ihlw", *from) && *from ? 1 : 0;
}

/* Text of wide characters and UNICODE_STRINGs are shown as their address. */
static const char *translate_conversion(struct format *format, const char *from)
{
	const char *length;
	size_t n = translate_length(from, &length);
	bool is_wide = *from == 'w' || strchr("SZC", from[n]) || strstarts(from, "ls");

	if (strchr("psSZ", from[n]) || is_wide)
		length = "";
	put(format, length, strlen(length));
	from += n;
	if (!*from)
		return from;
	put(format, strchr("SZ", *from) || is_wide ? "p" : from, 1);
	/* The kernel would take a letter behind %p for more than a letter. */
	if (format->text[format->n - 1] == 'p' && isalnum(from[1]))
		put(format, " ", 1);
	return from + 1;
}

static void translate(struct format *format, const char *from)
{
	size_t n;

	while (*from) {
		n = strcspn(from, "%");
		put(format, from, n);
		from += n;
		if (!*from)
			break;
		n = 1 + strspn(from + 1, "-+ #0123456789.*");
		put(format, from, n);
		from = translate_conversion(format, from + n);
	}
	format->text[format->n] = '\0';
}

/**
 * DbgPrint() - print into the kernel log, as a debug message
 * @Format: as on Windows: %ld has 32 bits, %I64d has 64
 *
 * Differs from Windows: wide text (%ws, %S, %ls, %wZ, %wc) is shown as its address,
 * and addresses are hashed, as everywhere in the kernel's log. Formats of more than
 * 250 characters are cut off.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS.
 */
ULONG DbgPrint(PCSTR Format, ...)
{
	struct format format = { .n = 0 };
	va_list args;

	put(&format, KERN_DEBUG, strlen(KERN_DEBUG));
	translate(&format, Format);
	va_start(args, Format);
	vprintk(format.text, args);
	va_end(args);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(DbgPrint);

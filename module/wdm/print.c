// SPDX-License-Identifier: GPL-2.0
/*
 * DbgPrint() and its like: translate a Windows format for the kernel's printk().
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "wdm.h"

__diag_ignore(GCC, 8, "-Wsuggest-attribute=format", "gcc does not know this kind of format.");

struct wdm_format {
	char	text[256];
	size_t	n;
};

/* Append text, as far as it fits; the last character is kept for the NUL. */
static void wdm_format_put(struct wdm_format *format, const char *text, size_t n)
{
	n = min(n, sizeof(format->text) - 1 - format->n);
	memcpy(format->text + format->n, text, n);
	format->n += n;
}

static bool wdm_format_is_full(const struct wdm_format *format)
{
	return format->n == sizeof(format->text) - 1;
}

/* The size of a length modifier; @to is set to the one that printk() has for it. */
static size_t wdm_translate_length(const char *from, const char **to)
{
	if (strstarts(from, "I64") || strstarts(from, "ll")) {
		*to = "ll";
		return *from == 'I' ? 3 : 2;
	}
	*to = "";
	if (strstarts(from, "I32"))
		return 3;
	if (*from == 'I')
		*to = "l";		/* as wide as a pointer */
	if (*from == 'h')
		*to = "h";
	return strchr("Ihlw", *from) && *from ? 1 : 0;
}

/* Wide text and UNICODE_STRINGs are printed as their address. NULL if the text ends before. */
static const char *wdm_translate_conversion(struct wdm_format *format, const char *from)
{
	const char *length;
	size_t n = wdm_translate_length(from, &length);
	bool is_wide = *from == 'w' || strchr("SZC", from[n]) || strstarts(from, "ls");

	if (strchr("psSZ", from[n]) || is_wide)
		length = "";
	wdm_format_put(format, length, strlen(length));
	from += n;
	if (!*from)
		return NULL;
	wdm_format_put(format, strchr("SZ", *from) || is_wide ? "p" : from, 1);
	/* A letter after %p would be a part of the conversion for printk(). */
	if (format->text[format->n - 1] == 'p' && isalnum(from[1]))
		wdm_format_put(format, " ", 1);
	return from + 1;
}

/*
 * Translates a '%' with its conversion. One that is cut off, by the end of the text or of
 * the room for it, is left out: printk() warns of such a format.
 */
static const char *wdm_translate_percent(struct wdm_format *format, const char *from)
{
	size_t n = 1 + strspn(from + 1, "-+ #0123456789.*"), before = format->n;
	const char *next;

	wdm_format_put(format, from, n);
	next = wdm_translate_conversion(format, from + n);
	if (!next || wdm_format_is_full(format))
		format->n = before;
	return next ?: "";
}

static void wdm_translate(struct wdm_format *format, const char *from)
{
	size_t n;

	while (*from) {
		n = strcspn(from, "%");
		wdm_format_put(format, from, n);
		from += n;
		if (*from)
			from = wdm_translate_percent(format, from);
	}
	format->text[format->n] = '\0';
}

/**
 * DbgPrint() - print a debug message to the kernel log
 * @Format: as on Windows: %ld and %I32d have 32 bits, %I64d has 64
 *
 * Differs from Windows: wide text (%ws, %S, %ls, %wZ, %wc) is printed as its address,
 * and addresses are hashed, as everywhere in the kernel's log. Formats of more than
 * 250 characters are cut off.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS.
 */
ULONG DbgPrint(PCSTR Format, ...)
{
	struct wdm_format format = { .n = 0 };
	va_list args;

	wdm_format_put(&format, KERN_DEBUG, strlen(KERN_DEBUG));
	wdm_translate(&format, Format);
	va_start(args, Format);
	vprintk(format.text, args);
	va_end(args);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(DbgPrint);

/*
 * As vsnprintf(), with a format of Windows. On truncation: @size or more, and the text
 * ends with a NUL.
 */
int iotimer_wdm_vformat(char *to, size_t size, PCSTR from, va_list args)
{
	struct wdm_format format = { .n = 0 };

	wdm_translate(&format, from);
	return vsnprintf(to, size, format.text, args);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_vformat);

int iotimer_wdm_format(char *to, size_t size, PCSTR from, ...)
{
	va_list args;
	int n;

	va_start(args, from);
	n = iotimer_wdm_vformat(to, size, from, args);
	va_end(args);
	return n;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_format);

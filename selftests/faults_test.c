// SPDX-License-Identifier: GPL-2.0
/*
 * For faults.sh and wdm_faults.sh: repeats an operation. In the n-th run the kernel's n-th allocation
 * fails, until a run needs fewer than n. Prints the number of allocations and how
 * often their failure was an error.
 *
 *	faults_test load FILE [PARAMETERS [FROM]]	insert a module, remove it again
 *	faults_test write FILE TEXT UNDO		write TEXT into a file, then UNDO
 *	faults_test use FILE				a device of test_wdm_front: open, write, read, control, close
 *	faults_test count FILE [PARAMETERS]
 *
 * Most allocations of a load are those of the kernel's loader, before those of the
 * module. "count" prints their number in a load that the module refuses before it
 * allocates anything: the allocations from FROM on are the module's.
 *
 * The kernel counts /proc/thread-self/fail-nth down. If the count has not reached
 * zero, the operation needed fewer allocations.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wdm_front.h"

#define MANY	2000
#define MARGIN	50

static int fail_nth;	/* the open file */

/* Return the rest of the last count, at least 1 if it cannot be read. */
static int set_fail_nth(int n)
{
	char text[16] = "";
	int left = 1;

	if (pread(fail_nth, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	snprintf(text, sizeof(text), "%d", n);
	/* This read itself may fail, once: then the count is used up. */
	if (pwrite(fail_nth, text, strlen(text), 0) < 0 &&
	    pwrite(fail_nth, text, strlen(text), 0) < 0) {
		perror("fail-nth");
		exit(1);
	}
	return left;
}

static int load(char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, args[1] ?: "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

/* A few less, because the refusal needs some allocations as well. */
static int count(char **args)
{
	int used;

	set_fail_nth(MANY);
	if (!load(args)) {
		printf("not refused\n");
		return 1;
	}
	used = MANY - set_fail_nth(0);
	printf("%d\n", used > MARGIN ? used - MARGIN : 1);
	return 0;
}

static void unload(char **args)
{
	char *name = strdup(args[0]);

	*strchrnul(name, '.') = '\0';
	if (syscall(SYS_delete_module, basename(name), 0))
		perror("delete_module");
	free(name);
}

static int write_text(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int write_file(char **args)
{
	return write_text(args[0], args[1]);
}

static void undo_write(char **args)
{
	write_text(args[0], args[2]);
}

/* The bytes that are written come back, in a read and in a request with a control code. */
static int echo(int fd)
{
	char text[8] = "written", back[8] = "", again[8] = "";
	struct iotimer_wdm_ioctl c = {
		.code = FRONT_ECHO, .in = (uintptr_t)text, .in_size = sizeof(text),
		.out = (uintptr_t)again, .out_size = sizeof(again),
	};

	if (write(fd, text, sizeof(text)) < 0 || read(fd, back, sizeof(back)) < 0 ||
	    ioctl(fd, IOTIMER_WDM_IOCTL, &c) < 0)
		return -errno;
	return strcmp(text, back) || strcmp(text, again) ? -EIO : 0;
}

static int use_device(char **args)
{
	int fd = open(args[0], O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = echo(fd);
	close(fd);
	return ret;
}

static void undo_nothing(char **args)
{
}

/* When no further allocation can fail, the operation must succeed. */
static int fail_each(int (*act)(char **), void (*undo)(char **), char **args, int from)
{
	int n, left = 0, ret = 0, errors = 0;

	for (n = from; n < MANY && !left; n++) {
		set_fail_nth(n);
		ret = act(args);
		left = set_fail_nth(0);
		if (!ret)
			undo(args);
		errors += !!ret;
	}
	printf("allocations %d to %d, %d errors, at last %d\n", from, n - 2, errors, ret);
	return ret || left <= 0 || !errors;
}

int main(int argc, char **argv)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0 || argc < 3) {
		printf("TAP version 13\n1..0 # SKIP see faults.sh\n");
		return 4;
	}
	if (!strcmp(argv[1], "count"))
		return count(argv + 2);
	if (!strcmp(argv[1], "load"))
		return fail_each(load, unload, argv + 2, argc > 4 ? atoi(argv[4]) : 1);
	if (!strcmp(argv[1], "write") && argc == 5)
		return fail_each(write_file, undo_write, argv + 2, 1);
	if (!strcmp(argv[1], "use"))
		return fail_each(use_device, undo_nothing, argv + 2, 1);
	return 2;
}

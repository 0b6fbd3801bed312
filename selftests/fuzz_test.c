// SPDX-License-Identifier: GPL-2.0
/*
 * For fuzz.sh: random operations of user space on the samples' character device,
 * on the files in debugfs and on module parameters
 *
 *	fuzz_test SEED ROUNDS
 *
 * The same seed gives the same operations, except where they depend on answers of
 * the device. The kernel's log shows whether the kernel has coped; this program
 * checks only that some operations succeed and some are refused.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICE		"/dev/iotimer_edu0"
#define DIR_IOTIMER	"/sys/kernel/debug/iotimer"
#define DIR_PARAMETERS	"/sys/module/iotimer/parameters"
#define FILES		4
#define TEXT		300

static uint32_t state;
static int files[FILES] = { -1, -1, -1, -1 };
static unsigned long taken, refused;

static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static void count(long ret)
{
	if (ret < 0)
		refused++;
	else
		taken++;
}

static const char *word(void)
{
	static const char * const words[] = {
		"5", "12", "0", "-1", "13", "2147483648", "99999999999999999999", "0x5", "",
		" ", "  ", "fault=", "fault=hang", "fault=lose-irq", "fault=dead", "fault=none",
		"limit=1", "limit=0", "limit=2", "limit=-1", "limit=4294967296", "times=1",
		"times=0", "times=", "=", "==", "\n", "\t", "%s%n", "fault=hang limit=1",
		"200", "10", "1000000", "1", "Y", "N", "y", "\xff\xfe",
	};

	return words[below(sizeof(words) / sizeof(words[0]))];
}

/* Words, some of them damaged. Return their length, including NULs. */
static size_t text(char *buffer)
{
	size_t length = 0, n;
	const char *w;

	do {
		w = word();
		n = strlen(w);
		if (length + n + 2 > TEXT)
			break;
		memcpy(buffer + length, w, n);
		length += n;
		if (below(2))
			buffer[length++] = ' ';
	} while (below(3));
	while (length && !below(4))
		buffer[below(length)] = below(256);
	return length;
}

static void write_text(int fd)
{
	char buffer[TEXT];
	size_t length = text(buffer);

	count(write(fd, buffer, length));
}

static void read_some(int fd)
{
	static char buffer[70000];
	static const size_t sizes[] = { 0, 1, 7, 64, 4096, 65536 };
	size_t size = sizes[below(6)];

	if (below(3))
		count(read(fd, buffer, size));
	else
		count(pread(fd, buffer, size, (off_t)below(5) * 1000));
}

static void bad_pointers(int fd)
{
	char *volatile nowhere = (char *)8;

	if (below(2))
		count(read(fd, nowhere, 64));
	else
		count(write(fd, nowhere, 64));
}

static void odd_calls(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = below(65536) };
	void *map;

	switch (below(4)) {
	case 0:
		count(ioctl(fd, (unsigned long)below(UINT32_MAX), below(2) ? &pollfd : NULL));
		break;
	case 1:
		count(lseek(fd, (off_t)below(100000) - 50000, below(4)));
		break;
	case 2:
		count(poll(&pollfd, 1, 0));
		break;
	default:
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		count(map == MAP_FAILED ? -1 : munmap(map, 4096));
	}
}

static int open_device(void)
{
	static const int modes[] = { O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };

	return open(DEVICE, modes[below(4)] | O_NONBLOCK | O_CLOEXEC);
}

static void fuzz_device(void)
{
	int *fd = &files[below(FILES)];

	if (*fd < 0) {
		*fd = open_device();
		count(*fd);
		return;
	}
	switch (below(12)) {
	case 0:
		close(*fd);
		*fd = -1;
		break;
	case 1:
		bad_pointers(*fd);
		break;
	case 2:
		odd_calls(*fd);
		break;
	case 3 ... 6:
		write_text(*fd);
		break;
	default:
		read_some(*fd);
	}
}

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A random file below @path, or a folder that has none. */
static void pick(char *path, size_t size)
{
	struct dirent **entries;
	struct stat st;
	size_t length;
	int n;

	while (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		n = scandir(path, &entries, skip_dots, alphasort);
		if (n <= 0)
			return;
		length = strlen(path);
		snprintf(path + length, size - length, "/%s", entries[below(n)]->d_name);
		while (n--)
			free(entries[n]);
		free(entries);
	}
}

static void fuzz_files(const char *top)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s", top);
	pick(path, sizeof(path));
	fd = open(path, (below(2) ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	count(fd);
	if (fd < 0)
		return;
	if (below(3))
		read_some(fd);
	else if (below(8))
		write_text(fd);
	else
		odd_calls(fd);
	close(fd);
}

int main(int argc, char **argv)
{
	long round, rounds;

	if (argc != 3 || access(DEVICE, F_OK)) {
		printf("TAP version 13\n1..0 # SKIP see fuzz.sh\n");
		return 4;
	}
	state = strtoul(argv[1], NULL, 10) * 2654435761U + 1;
	rounds = strtol(argv[2], NULL, 10);
	for (round = 0; round < rounds; round++) {
		if (below(3))
			fuzz_device();
		else
			fuzz_files(below(2) ? DIR_IOTIMER : DIR_PARAMETERS);
	}
	printf("seed %s: %lu taken, %lu refused\n", argv[1], taken, refused);
	return !taken || !refused;
}

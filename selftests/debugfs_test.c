// SPDX-License-Identifier: GPL-2.0
/*
 * The files in debugfs while devices come and go. debugfs.sh loads iotimer and
 * test_debugfs churn=1 and runs this; without them it skips.
 *
 * The virtual machine may be slow and may stall, so no test depends on time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"

#define DIR_IOTIMER	"/sys/kernel/debug/iotimer/"
#define ROUNDS		"/sys/module/test_debugfs/parameters/rounds"
#define LONG_MS		20000	/* a limit for slow machines */
#define MAX_COLUMNS	10
#define TEXT_SIZE	(1024 * 1024)

static char text[TEXT_SIZE];

static const struct table {
	const char *name;
	int columns;
	const char *header;
	const char *permanent;		/* rows that are always there, in order */
} tables[] = {
	{ "timers", 10,
	  "device owner state ticks missed last_ns max_ns over routine context",
	  "held_up idle shown slow unborn watchdog" },
	{ "controllers", 5, "controller owner holder waiters timers", "ctl" },
	{ "interrupts", 4, "device line count synchronized", "shown" },
};

/* Without the modules this program tests nothing. */
static void __attribute__((constructor)) skip_without_modules(void)
{
	if (!access(ROUNDS, F_OK))
		return;
	printf("TAP version 13\n1..0 # SKIP no test_debugfs, see debugfs.sh\n");
	exit(KSFT_SKIP);
}

static int open_file(const char *dir, const char *file, int flags)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", dir, file);
	return open(path, flags);
}

/* Read from the position of @fd to the end, @piece bytes at a time; -1 on an error. */
static ssize_t read_pieces(int fd, size_t piece)
{
	size_t have = 0;
	ssize_t n;

	do {
		if (have + piece >= TEXT_SIZE)
			return -1;
		n = read(fd, text + have, piece);
		if (n < 0 || n > (ssize_t)piece)
			return -1;
		have += n;
	} while (n);
	text[have] = '\0';
	return have;
}

static long read_number(const char *path)
{
	char number[32] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, number, sizeof(number) - 1) <= 0)
		number[0] = '\0';
	close(fd);
	return *number ? strtol(number, NULL, 10) : -1;
}

static bool grows(const char *path, long by)
{
	long from = read_number(path);
	int ms;

	for (ms = 0; ms < LONG_MS && from >= 0; ms++) {
		if (read_number(path) >= from + by)
			return true;
		usleep(1000);
	}
	return false;
}

static int split(char *line, char *column[MAX_COLUMNS])
{
	char *word = strtok(line, " ");
	int n = 0;

	while (word && n < MAX_COLUMNS) {
		column[n++] = word;
		word = strtok(NULL, " ");
	}
	return word ? n + 1 : n;
}

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

static bool is_one_of(const char *word, const char *words)
{
	const char *found = strstr(words, word);
	size_t len = strlen(word);

	return found && (found == words || found[-1] == ' ') &&
	       (!found[len] || found[len] == ' ');
}

static bool good_timer(char *column[])
{
	int i;

	for (i = 5; i <= 7; i++)
		if (!is_number(column[i]) && strcmp(column[i], "-"))
			return false;
	return !strcmp(column[1], "test_debugfs") &&
	       is_one_of(column[2], "new stopped started deleting") &&
	       is_number(column[3]) && is_number(column[4]) &&
	       is_one_of(column[8], "count nothing slow_routine -") &&
	       is_one_of(column[9], "none device controller own");
}

static bool good_row(const struct table *table, char *column[])
{
	if (table == &tables[0])
		return good_timer(column);
	if (table == &tables[1])
		return !strcmp(column[1], "test_debugfs") && is_number(column[3]) &&
		       is_number(column[4]);
	return !strcmp(column[1], "virtual") && is_number(column[2]) && is_number(column[3]);
}

/* Return the mistake in the table @text, or NULL. Rows must be in order. */
static const char *wrong(const struct table *table)
{
	char *column[MAX_COLUMNS], *rest = text, *line;
	char last[64] = "", permanent[128] = "";
	static char complaint[256];

	line = strsep(&rest, "\n");
	snprintf(complaint, sizeof(complaint), "header: %s", line);
	if (split(line, column) != table->columns ||
	    strcmp(column[0], table == &tables[1] ? "controller" : "device"))
		return complaint;
	while (rest && *rest) {
		line = strsep(&rest, "\n");
		if (*line == '#')
			continue;
		snprintf(complaint, sizeof(complaint), "row: %s", line);
		if (!rest || split(line, column) != table->columns ||
		    !good_row(table, column) || strcmp(last, column[0]) >= 0)
			return complaint;
		snprintf(last, sizeof(last), "%s", column[0]);
		if (is_one_of(last, table->permanent)) {
			strcat(permanent, *permanent ? " " : "");
			strcat(permanent, last);
		}
	}
	snprintf(complaint, sizeof(complaint), "of the permanent rows: %s", permanent);
	return strcmp(permanent, table->permanent) ? complaint : NULL;
}

/* Read a whole table in pieces from an open file. */
static const char *read_table(const struct table *table, int fd, size_t piece)
{
	if (read_pieces(fd, piece) < 0)
		return strerror(errno);
	return wrong(table);
}

TEST(headers)
{
	char *column[MAX_COLUMNS], header[256];
	size_t i;
	int fd, n, j;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		fd = open_file(DIR_IOTIMER, tables[i].name, O_RDONLY);
		ASSERT_LT(0, read_pieces(fd, 4096));
		close(fd);
		*strchr(text, '\n') = '\0';
		n = split(text, column);
		ASSERT_EQ(tables[i].columns, n);
		*header = '\0';
		for (j = 0; j < n; j++) {
			strcat(header, column[j]);
			strcat(header, j < n - 1 ? " " : "");
		}
		EXPECT_STREQ(tables[i].header, header);
	}
}

TEST(pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 13, 32, 63, 64, 100, 4095, 4096, 65536 };
	const char *complaint;
	size_t i, j;
	int fd;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (j = 0; j < ARRAY_SIZE(pieces); j++) {
			fd = open_file(DIR_IOTIMER, tables[i].name, O_RDONLY);
			complaint = read_table(&tables[i], fd, pieces[j]);
			EXPECT_EQ(NULL, complaint)
				TH_LOG("%s, pieces of %zu: %s", tables[i].name, pieces[j],
				       complaint);
			close(fd);
		}
}

TEST(seek_and_read_again)
{
	const char *complaint;
	char piece[11] = "";
	int fd, i;

	fd = open_file(DIR_IOTIMER, "timers", O_RDONLY);
	ASSERT_LE(0, fd);
	for (i = 0; i < 20; i++) {
		ASSERT_LT(0, read(fd, text, 100 * i + 1));
		ASSERT_EQ(7, lseek(fd, 7, SEEK_SET));
		ASSERT_EQ(10, read(fd, piece, 10));
		ASSERT_EQ(6, pread(fd, text, 6, 0));
		ASSERT_EQ(0, memcmp(text, "device", 6));
		ASSERT_EQ(5000, lseek(fd, 5000, SEEK_SET));
		ASSERT_LE(0, read(fd, text, 5000));
		ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
		complaint = read_table(&tables[0], fd, 512);
		ASSERT_EQ(NULL, complaint) TH_LOG("%s", complaint);
		ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	}
	EXPECT_EQ(-1, lseek(fd, -1, SEEK_SET));
	close(fd);
}

/* Read table @i again and again; exit with 0 if it was right each time. */
static pid_t fork_reader(int i, size_t piece, int times)
{
	const char *complaint = NULL;
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	while (times-- && !complaint) {
		fd = open_file(DIR_IOTIMER, tables[i].name, O_RDONLY);
		complaint = fd < 0 ? "cannot open" : read_table(&tables[i], fd, piece);
		close(fd);
	}
	if (complaint)
		printf("# %s: %s\n", tables[i].name, complaint);
	fflush(stdout);
	_exit(!!complaint);
}

static int status_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The tick continues in the meantime. */
TEST(readers_at_once)
{
	pid_t pids[6];
	int i;

	for (i = 0; i < 6; i++)
		pids[i] = fork_reader(i % 3, i < 3 ? 61 : 4096, 20);
	EXPECT_TRUE(grows(DIR_IOTIMER "devices/watchdog/ticks", 5));
	for (i = 0; i < 6; i++)
		EXPECT_EQ(0, status_of(pids[i]));
}

/* Open a file of each directory that exists now; return their number. */
static int open_some(int *fds, int max)
{
	static const char * const files[] = {
		"owner", "state", "ticks", "missed", "last_ns", "max_ns", "over",
		"routine", "context_kind", "runtime", "lateness", "context",
	};
	DIR *dir = opendir(DIR_IOTIMER "devices");
	struct dirent *entry;
	char path[PATH_MAX / 2];
	int n = 0;

	while (n < max && dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", entry->d_name,
			 files[n % ARRAY_SIZE(files)]);
		fds[n] = open_file(DIR_IOTIMER "devices/", path, O_RDONLY);
		if (fds[n] >= 0)
			n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* Files of deleted devices return their old contents, an error or nothing. */
TEST(files_outlive_their_device)
{
	int fds[200], errors = 0, round, i, n;

	for (round = 0; round < 5; round++) {
		n = open_some(fds, 200);
		EXPECT_LT(0, n);
		for (i = 0; i < n; i += 2)
			if (read(fds[i], text, 1) < 0)
				errors++;
		EXPECT_TRUE(grows(ROUNDS, 8));
		for (i = 0; i < n; i++) {
			lseek(fds[i], 0, SEEK_SET);
			if (read(fds[i], text, 4096) < 0)
				errors++;
			close(fds[i]);
		}
	}
	EXPECT_LT(0, errors);
}

static int write_stats(const char *value)
{
	int fd = open_file("/sys/module/iotimer/parameters/", "stats", O_WRONLY);
	int ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;

	close(fd);
	return ret;
}

TEST(stats_switch)
{
	static const char garbage[][12] = { "2", "x", "-1", "4294967296", " ", "\n" };
	char path[] = DIR_IOTIMER "stats";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(garbage); i++)
		EXPECT_EQ(-EINVAL, write_stats(garbage[i])) TH_LOG("'%s'", garbage[i]);
	EXPECT_EQ(0, read_number(path));
	EXPECT_EQ(0, write_stats("1"));
	EXPECT_EQ(1, read_number(path));
	EXPECT_EQ(0, write_stats("1\n"));
	EXPECT_EQ(0, write_stats("0\n"));
	EXPECT_EQ(0, read_number(path));
}

TEST(stats_switched_all_the_time)
{
	pid_t pids[3];
	int i;

	for (i = 0; i < 3; i++)
		pids[i] = fork_reader(i, 256, 15);
	for (i = 0; i < 100; i++)
		EXPECT_EQ(0, write_stats(i % 2 ? "0" : "1"));
	EXPECT_TRUE(grows(DIR_IOTIMER "devices/watchdog/ticks", 5));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, status_of(pids[i]));
}

TEST(nothing_else_is_written)
{
	static const char * const files[] = {
		"timers", "tick", "stats", "controllers", "interrupts", "devices/watchdog/ticks",
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fd = open_file(DIR_IOTIMER, files[i], O_WRONLY);
		if (fd < 0)
			continue;
		EXPECT_EQ(-1, write(fd, "0", 1));
		close(fd);
	}
}

#include "slow.h"

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * The sample driver iotimer_edu from user space, on QEMU's edu device. edu.sh
 * loads the driver in all its modes and runs this; without the driver it skips.
 *
 * The virtual machine may be slow and may stall, so no test depends on an upper
 * limit of time, only on the order of events and on lower limits. Requests that
 * must not time out by themselves are given many periods.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"

#define DEVICE		"/dev/iotimer_edu0"
#define SECOND_DEVICE	"/dev/iotimer_edu1"
#define DRIVER		"/sys/bus/pci/drivers/iotimer_edu/"
#define CONTEXT		"/sys/kernel/debug/iotimer/devices/iotimer_edu0/context"
#define PERIOD		"/sys/module/iotimer/parameters/period_ms"

#define MAX_REQUESTS	16	/* per open file */
#define LONG_MS		20000	/* a limit for slow machines */

/* Without the driver this program tests nothing. */
static void __attribute__((constructor)) skip_without_device(void)
{
	if (!access(DEVICE, F_OK))
		return;
	printf("TAP version 13\n1..0 # SKIP no " DEVICE ", see edu.sh\n");
	exit(KSFT_SKIP);
}

#define MANY		" limit=60"
#define SOME		" limit=10"

/* The number of bytes written or a negative error. */
static int request(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	return n < 0 ? -errno : n;
}

/* The result read, -1 at the end of the file, or a negative error below that. */
static long result(int fd)
{
	char line[64];
	ssize_t n = read(fd, line, sizeof(line) - 1);

	if (n < 0)
		return -errno;
	if (!n)
		return -1;
	line[n] = '\0';
	return strtol(line, NULL, 10);
}

static long factorial(int n)
{
	return n ? n * factorial(n - 1) : 1;
}

static int poll_events(int fd, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT };

	return poll(&pollfd, 1, timeout_ms) < 0 ? -errno : pollfd.revents;
}

/* Without a time-out, because poll() would check once more when it expires. */
static bool wait_readable(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, -1) == 1 && pollfd.revents == POLLIN;
}

static void set_nonblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* The number after a word in a file. */
static long number_in(const char *path, const char *word)
{
	char text[1024] = "";
	FILE *file = fopen(path, "r");
	char *found;

	if (!file)
		return LONG_MIN;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	found = strstr(text, word);
	return found ? strtol(found + strlen(word), NULL, 10) : LONG_MIN;
}

static bool becomes(const char *path, const char *word, long number)
{
	int ms;

	for (ms = 0; ms < LONG_MS; ms += 10) {
		if (number_in(path, word) == number)
			return true;
		usleep(10000);
	}
	return false;
}

/* An address that the kernel cannot read or write. */
static void *nowhere(void)
{
	return mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int write_file(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd, ret;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = request(fd, text);
	close(fd);
	return ret;
}

/* The exit status of a child, or -1. */
static int status_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void ignore_signal(int signal)
{
}

/* Repeated every 50 ms, because the first one may come before the read begins. */
static void alarms(bool on)
{
	struct sigaction action = { .sa_handler = ignore_signal };
	struct itimerval timer = {};

	if (on)
		timer.it_interval.tv_usec = 50000;
	timer.it_value = timer.it_interval;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

FIXTURE(edu) {
	int fd;
	long period_ms;
};

FIXTURE_SETUP(edu)
{
	self->period_ms = number_in(PERIOD, "");
	self->fd = open(DEVICE, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(edu)
{
	close(self->fd);
}

TEST_F(edu, results)
{
	char text[64];
	int n;

	for (n = 0; n <= 12; n++) {
		snprintf(text, sizeof(text), "%d" MANY "\n", n);
		ASSERT_EQ(strlen(text), request(self->fd, text));
		ASSERT_EQ(factorial(n), result(self->fd));
	}
	EXPECT_EQ(-1, number_in(CONTEXT, "counter:"));
}

TEST_F(edu, end_of_file_when_nothing_is_pending)
{
	EXPECT_EQ(-1, result(self->fd));
	ASSERT_LT(0, request(self->fd, "3" MANY));
	EXPECT_EQ(6, result(self->fd));
	EXPECT_EQ(-1, result(self->fd));
	set_nonblock(self->fd);
	EXPECT_EQ(-1, result(self->fd));
}

/* The first result comes first, although its request takes longest. */
TEST_F(edu, results_come_in_order)
{
	ASSERT_LT(0, request(self->fd, "7 fault=dead limit=1"));
	ASSERT_LT(0, request(self->fd, "8 fault=hang" SOME));
	ASSERT_LT(0, request(self->fd, "9" MANY));
	ASSERT_LT(0, request(self->fd, "10 fault=lose-irq" SOME));
	ASSERT_LT(0, request(self->fd, "11" MANY));
	EXPECT_EQ(-ETIMEDOUT, result(self->fd));
	EXPECT_EQ(factorial(8), result(self->fd));
	EXPECT_EQ(factorial(9), result(self->fd));
	EXPECT_EQ(factorial(10), result(self->fd));
	EXPECT_EQ(factorial(11), result(self->fd));
	EXPECT_EQ(-1, result(self->fd));
}

TEST_F(edu, lost_interrupt_is_made_up_for)
{
	ASSERT_LT(0, request(self->fd, "6 fault=lose-irq" SOME));
	EXPECT_EQ(720, result(self->fd));
}

TEST_F(edu, hang_is_ended_by_reset)
{
	ASSERT_LT(0, request(self->fd, "6 fault=hang" SOME));
	EXPECT_EQ(720, result(self->fd));
}

TEST_F(edu, dead_device_times_out)
{
	ASSERT_LT(0, request(self->fd, "6 fault=dead limit=1"));
	EXPECT_EQ(-ETIMEDOUT, result(self->fd));
	ASSERT_LT(0, request(self->fd, "6" MANY));
	EXPECT_EQ(720, result(self->fd));
}

/* Three retries: the fourth attempt is the last. */
TEST_F(edu, retries_are_bounded)
{
	ASSERT_LT(0, request(self->fd, "4 fault=hang times=3" SOME));
	ASSERT_LT(0, request(self->fd, "4 fault=hang times=4 limit=1"));
	EXPECT_EQ(24, result(self->fd));
	EXPECT_EQ(-ETIMEDOUT, result(self->fd));
}

/*
 * limit + 1 ticks, and as many for the reset. Between the first and the last of
 * n ticks lie n - 1 periods, less one if the first was late.
 */
TEST_F(edu, limit_is_granted)
{
	long start = now_ms();

	ASSERT_LT(0, request(self->fd, "4 fault=dead limit=10"));
	EXPECT_EQ(-ETIMEDOUT, result(self->fd));
	EXPECT_LE(2 * 10 * self->period_ms, now_ms() - start);
}

/* A shell reads a line byte by byte. */
TEST_F(edu, results_in_pieces)
{
	const char *wanted = "3628800\n6\n";
	const char *c;
	char byte;

	ASSERT_LT(0, request(self->fd, "10" MANY));
	ASSERT_LT(0, request(self->fd, "3" MANY));
	for (c = wanted; *c; c++) {
		ASSERT_EQ(1, read(self->fd, &byte, 1));
		ASSERT_EQ(*c, byte);
	}
	EXPECT_EQ(0, read(self->fd, &byte, 1));
}

TEST_F(edu, nonblocking_read)
{
	set_nonblock(self->fd);
	ASSERT_LT(0, request(self->fd, "5 fault=hang limit=30"));
	EXPECT_EQ(-EAGAIN, result(self->fd));
	ASSERT_TRUE(wait_readable(self->fd));
	EXPECT_EQ(120, result(self->fd));
}

TEST_F(edu, poll)
{
	EXPECT_EQ(POLLOUT, poll_events(self->fd, 0));
	ASSERT_LT(0, request(self->fd, "5 fault=hang limit=30"));
	EXPECT_EQ(POLLOUT, poll_events(self->fd, 0));
	ASSERT_TRUE(wait_readable(self->fd));
	EXPECT_EQ(POLLIN | POLLOUT, poll_events(self->fd, 0));
	EXPECT_EQ(120, result(self->fd));
	EXPECT_EQ(POLLOUT, poll_events(self->fd, 0));
}

/* Requests that are finished but not read count as well. */
TEST_F(edu, requests_are_bounded)
{
	int i;

	for (i = 0; i < MAX_REQUESTS; i++)
		ASSERT_LT(0, request(self->fd, "5" MANY));
	EXPECT_EQ(-EBUSY, request(self->fd, "5" MANY));
	ASSERT_TRUE(wait_readable(self->fd));
	EXPECT_EQ(POLLIN, poll_events(self->fd, 0));
	EXPECT_EQ(-EBUSY, request(self->fd, "5" MANY));
	EXPECT_EQ(120, result(self->fd));
	EXPECT_LT(0, request(self->fd, "6" MANY));
	for (i = 1; i < MAX_REQUESTS; i++)
		EXPECT_EQ(120, result(self->fd));
	EXPECT_EQ(720, result(self->fd));
}

static const struct {
	const char *text;
	int error;
} inputs[] = {
	{ "12", 0 },
	{ " 5 ", 0 },
	{ "5  limit=1   times=1 fault=none\n", 0 },
	{ "5 limit=60", 0 },
	{ "", EINVAL },
	{ "\n", EINVAL },
	{ "x", EINVAL },
	{ "5x", EINVAL },
	{ "5 6", EINVAL },
	{ "5\n6\n", EINVAL },
	{ "0x5", EINVAL },
	{ "5 fault", EINVAL },
	{ "5 fault=", EINVAL },
	{ "5 fault=lose", EINVAL },
	{ "5 limit=", EINVAL },
	{ "5 limit=x", EINVAL },
	{ "5 limits=1", EINVAL },
	{ "5 =1", EINVAL },
	{ "5                                                               ", EINVAL },
	{ "13", ERANGE },
	{ "-1", ERANGE },
	{ "4294967296", ERANGE },
	{ "99999999999999999999", ERANGE },
	{ "5 limit=0", ERANGE },
	{ "5 limit=61", ERANGE },
	{ "5 limit=-1", ERANGE },
	{ "5 times=0", ERANGE },
	{ "5 times=2147483648", ERANGE },
};

TEST_F(edu, input)
{
	size_t i, good = 0;

	for (i = 0; i < ARRAY_SIZE(inputs); i++) {
		int wanted = inputs[i].error ? -inputs[i].error : strlen(inputs[i].text);

		EXPECT_EQ(wanted, request(self->fd, inputs[i].text))
			TH_LOG("input '%s'", inputs[i].text);
		good += !inputs[i].error;
	}
	EXPECT_EQ(-EINVAL, write(self->fd, "5\0", 2) < 0 ? -errno : 0);
	/* Only the good inputs became requests. */
	while (result(self->fd) != -1)
		good--;
	EXPECT_EQ(0, good);
}

TEST_F(edu, bad_addresses)
{
	EXPECT_EQ(-1, write(self->fd, nowhere(), 2));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_LT(0, request(self->fd, "5" MANY));
	EXPECT_EQ(-1, read(self->fd, nowhere(), 8));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(edu, signal_interrupts_read)
{
	ASSERT_LT(0, request(self->fd, "5 fault=hang" MANY));
	alarms(true);
	EXPECT_EQ(-EINTR, result(self->fd));
	alarms(false);
	EXPECT_EQ(120, result(self->fd));
}

/* A closed file's queued requests are dropped; the active one is not. */
TEST_F(edu, close_with_requests_pending)
{
	int i, fd = open(DEVICE, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_LT(0, request(fd, "5 fault=hang limit=30"));
	for (i = 1; i < MAX_REQUESTS; i++)
		ASSERT_LT(0, request(fd, "5 fault=dead" MANY));
	ASSERT_LT(0, request(self->fd, "6" MANY));
	EXPECT_EQ(MAX_REQUESTS, number_in(CONTEXT, "queued:"));
	close(fd);
	EXPECT_EQ(1, number_in(CONTEXT, "queued:"));
	EXPECT_EQ(720, result(self->fd));
	EXPECT_TRUE(becomes(CONTEXT, "active:", 0));
}

TEST_F(edu, close_with_results_unread)
{
	int fd = open(DEVICE, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_LT(0, request(fd, "5" MANY));
	ASSERT_LT(0, request(fd, "6" MANY));
	ASSERT_TRUE(wait_readable(fd));
	close(fd);
}

/* The work of a child: its own file, its own numbers, a fault now and then. */
static void compute(int n)
{
	static const char * const faults[] = { "none", "lose-irq", "none", "hang" };
	int i, fd = open(DEVICE, O_RDWR);
	char text[64];

	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "%d fault=%s" SOME, n,
			 faults[i % 20 ? 0 : (n + i / 20) % 4]);
		if (request(fd, text) < 0 || result(fd) != factorial(n))
			exit(1);
	}
	exit(result(fd) == -1 ? 0 : 2);
}

TEST_F_TIMEOUT(edu, many_files_at_once, 60)
{
	pid_t children[8];
	int i;

	for (i = 0; i < 8; i++) {
		children[i] = fork();
		if (!children[i])
			compute(i + 3);
	}
	for (i = 0; i < 8; i++)
		EXPECT_EQ(0, status_of(children[i]));
}

/* Readers that share a file get each result once, and none waits forever. */
TEST_F(edu, two_readers)
{
	long n, sum = 0;
	pid_t child;
	int i;

	ASSERT_LT(0, request(self->fd, "3 fault=hang" SOME));
	for (i = 0; i < 9; i++)
		ASSERT_LT(0, request(self->fd, "3" MANY));
	child = fork();
	while ((n = result(self->fd)) > 0)
		sum += n;
	if (!child)
		exit(sum);
	EXPECT_EQ(-1, n);
	EXPECT_EQ(60, sum + status_of(child));
}

/* Tests that unbind the driver and bind it again. */
FIXTURE(unbind) {
	int fd;
	char address[PATH_MAX];
};

static int bind_device(const char *address)
{
	return write_file(DRIVER, "bind", address);
}

static int unbind_device(const char *address)
{
	return write_file(DRIVER, "unbind", address);
}

FIXTURE_SETUP(unbind)
{
	char link[64], path[PATH_MAX];
	struct stat node;

	ASSERT_EQ(0, stat(DEVICE, &node));
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(node.st_rdev),
		 minor(node.st_rdev));
	ASSERT_NE(NULL, realpath(link, path));
	strcpy(self->address, basename(path));
	self->fd = open(DEVICE, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(unbind)
{
	close(self->fd);
	if (access(DEVICE, F_OK))
		EXPECT_LT(0, bind_device(self->address));
}

/* Finished requests keep their results; each of the others ends with one -ENODEV. */
TEST_F(unbind, requests_pending)
{
	int i;

	ASSERT_LT(0, request(self->fd, "5" MANY));
	ASSERT_TRUE(wait_readable(self->fd));
	ASSERT_LT(0, request(self->fd, "5 fault=hang" MANY));
	ASSERT_LT(0, request(self->fd, "6 fault=dead" MANY));
	ASSERT_LT(0, unbind_device(self->address));
	EXPECT_EQ(POLLIN | POLLHUP | POLLERR, poll_events(self->fd, 0));
	EXPECT_EQ(120, result(self->fd));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(-ENODEV, result(self->fd));
	EXPECT_EQ(-ENODEV, request(self->fd, "5" MANY));
	EXPECT_EQ(POLLHUP | POLLERR, poll_events(self->fd, 0));
	EXPECT_NE(0, access(DEVICE, F_OK));
}

/* The child has read the first result and blocks in the read of the second. */
TEST_F(unbind, blocked_reader)
{
	pid_t child;

	ASSERT_LT(0, request(self->fd, "5" MANY));
	ASSERT_LT(0, request(self->fd, "5 fault=dead" MANY));
	child = fork();
	if (!child)
		exit(result(self->fd) == 120 ? -result(self->fd) : 0);
	usleep(300000);
	ASSERT_LT(0, unbind_device(self->address));
	EXPECT_EQ(ENODEV, status_of(child));
}

TEST_F(unbind, poller_is_woken)
{
	pid_t child = fork();
	struct pollfd pollfd = { .fd = self->fd };

	if (!child)
		exit(poll(&pollfd, 1, -1) == 1 &&
		     pollfd.revents == (POLLHUP | POLLERR) ? 0 : 1);
	usleep(300000);
	ASSERT_LT(0, unbind_device(self->address));
	EXPECT_EQ(0, status_of(child));
}

/* The open file stays with the old device, and the new device gets another name. */
TEST_F(unbind, rebind_with_the_file_open)
{
	int fd;

	ASSERT_LT(0, request(self->fd, "5 fault=hang" MANY));
	ASSERT_LT(0, unbind_device(self->address));
	ASSERT_LT(0, bind_device(self->address));
	EXPECT_NE(0, access(DEVICE, F_OK));
	fd = open(SECOND_DEVICE, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, request(fd, "6" MANY));
	EXPECT_EQ(720, result(fd));
	EXPECT_EQ(-ENODEV, result(self->fd));
	close(fd);
	EXPECT_LT(0, unbind_device(self->address));
}

/* Unbind works in any state of the device and leaves nothing behind. */
TEST_F_TIMEOUT(unbind, at_any_time, 60)
{
	char text[64];
	int i, j, fd;

	close(self->fd);
	for (i = 0; i < 30; i++) {
		fd = open(DEVICE, O_RDWR);
		ASSERT_LE(0, fd);
		for (j = 0; j < 8; j++) {
			snprintf(text, sizeof(text), "5 fault=%s limit=%d",
				 (i + j) % 3 ? "none" : "hang", 1 + i % 2);
			ASSERT_LT(0, request(fd, text));
		}
		usleep(i * 4000);
		ASSERT_LT(0, unbind_device(self->address));
		for (j = 0; j < 8; j++) {
			long n = result(fd);

			EXPECT_TRUE(n == 120 || n == -ENODEV || n == -ETIMEDOUT);
		}
		close(fd);
		ASSERT_LT(0, bind_device(self->address));
	}
	self->fd = open(DEVICE, O_RDWR);
	ASSERT_LT(0, request(self->fd, "5" MANY));
	EXPECT_EQ(120, result(self->fd));
}

#include "slow.h"

TEST_HARNESS_MAIN

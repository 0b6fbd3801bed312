// SPDX-License-Identifier: GPL-2.0
/*
 * The front end for ported drivers from user space: test_wdm_front.ko, which
 * wdm_front.sh loads. R6: nothing is lost, whatever ends a request.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "wdm_front.h"

#define DEVICE		"/dev/wdm_front"
#define PARAMETERS	"/sys/module/test_wdm_front/parameters/"

/* A program of its own is no test without the driver. */
static void __attribute__((constructor)) skip_without_device(void)
{
	if (!access(DEVICE, F_OK))
		return;
	printf("TAP version 13\n1..0 # SKIP no " DEVICE ", see wdm_front.sh\n");
	exit(KSFT_SKIP);
}

static int parameter(const char *name)
{
	char path[128], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -1;
	close(fd);
	return atoi(text);
}

/* 0 or a negative error; what the driver returned is in *control. */
static int control(int fd, struct iotimer_wdm_ioctl *control)
{
	return ioctl(fd, IOTIMER_WDM_IOCTL, control) < 0 ? -errno : 0;
}

static int simple(int fd, uint32_t code)
{
	struct iotimer_wdm_ioctl c = { .code = code };

	return control(fd, &c);
}

static void *nowhere(void)
{
	return mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void ignore_signal(int signal)
{
}

static void alarm_after_ms(int ms)
{
	struct sigaction action = { .sa_handler = ignore_signal };
	struct itimerval timer = { .it_value.tv_usec = ms * 1000 };

	if (ms)
		timer.it_interval.tv_usec = 50000;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void set_parameter(const char *name, char value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, &value, 1) < 0)
		perror(path);
	close(fd);
}

static struct front_last last_transfer(int fd)
{
	struct front_last last = { };
	struct iotimer_wdm_ioctl c = {
		.code = FRONT_LAST, .out = (uintptr_t)&last, .out_size = sizeof(last),
	};

	return control(fd, &c) ? (struct front_last){ } : last;
}

static bool becomes(const char *name, int value)
{
	int ms;

	for (ms = 0; ms < 20000; ms += 10) {
		if (parameter(name) == value)
			return true;
		usleep(10000);
	}
	return false;
}

FIXTURE(front) {
	int fd;
};

FIXTURE_SETUP(front)
{
	self->fd = open(DEVICE, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(front)
{
	close(self->fd);
}

TEST_F(front, mode_of_the_node)
{
	struct stat st;

	ASSERT_EQ(0, stat(DEVICE, &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
}

TEST_F(front, create_cleanup_close)
{
	int creates = parameter("creates"), cleanups = parameter("cleanups");
	int closes = parameter("closes");
	int fd = open(DEVICE, O_RDWR);
	int copy;

	ASSERT_LE(0, fd);
	EXPECT_EQ(creates + 1, parameter("creates"));
	copy = dup(fd);
	close(fd);
	EXPECT_EQ(cleanups, parameter("cleanups"));
	close(copy);
	EXPECT_EQ(cleanups + 1, parameter("cleanups"));
	EXPECT_EQ(closes + 1, parameter("closes"));
}

TEST_F(front, write_and_read)
{
	char text[64];

	ASSERT_EQ(5, write(self->fd, "hello", 5));
	memset(text, 'x', sizeof(text));
	EXPECT_EQ(5, read(self->fd, text, sizeof(text)));
	EXPECT_EQ(0, memcmp(text, "hellox", 6));
	/* no more than was asked for */
	ASSERT_EQ(5, write(self->fd, "hello", 5));
	EXPECT_EQ(2, read(self->fd, text, 2));
	EXPECT_EQ(0, memcmp(text, "hellox", 6));
}

/* A file has a position, which goes on by what was moved. */
TEST_F(front, position_of_a_file)
{
	struct front_last last;
	char text[8];

	ASSERT_EQ(3, write(self->fd, "abc", 3));
	ASSERT_EQ(2, write(self->fd, "de", 2));
	last = last_transfer(self->fd);
	EXPECT_EQ(4, last.major);
	EXPECT_EQ(2, last.length);
	EXPECT_EQ(3, last.offset);
	EXPECT_EQ(1, last.right);
	EXPECT_EQ(5, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(2, read(self->fd, text, 8));
	last = last_transfer(self->fd);
	EXPECT_EQ(3, last.major);
	EXPECT_EQ(8, last.length);
	EXPECT_EQ(5, last.offset);
	EXPECT_EQ(1, last.right);
	EXPECT_EQ(7, lseek(self->fd, 0, SEEK_CUR));
	ASSERT_EQ(1, pwrite(self->fd, "f", 1, 1LL << 40));
	EXPECT_EQ(1LL << 40, last_transfer(self->fd).offset);
	/* one that fails does not move it, and one without bytes is one */
	EXPECT_EQ(-1, write(self->fd, (char[65]){ }, 65));
	EXPECT_EQ(7, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_EQ(0, write(self->fd, text, 0));
	EXPECT_EQ(0, last_transfer(self->fd).length);
}

/* A mebibyte of a transfer is asked for, and of a control code no more is taken. */
TEST_F(front, largest_request)
{
	static char buffer[2 << 20];
	struct iotimer_wdm_ioctl c = {
		.code = FRONT_ECHO, .in = (uintptr_t)buffer, .out = (uintptr_t)buffer,
		.in_size = 1 << 20, .out_size = 1 << 20,
	};

	ASSERT_EQ(2, write(self->fd, "ab", 2));
	EXPECT_EQ(2, read(self->fd, buffer, sizeof(buffer)));
	EXPECT_EQ(1 << 20, last_transfer(self->fd).length);
	EXPECT_EQ(0, control(self->fd, &c));
	EXPECT_EQ(1 << 20, c.returned);
	c.in_size++;
	EXPECT_EQ(-EINVAL, control(self->fd, &c));
	c.in_size = 0;
	c.out_size++;
	EXPECT_EQ(-EINVAL, control(self->fd, &c));
}

TEST_F(front, status_becomes_an_error)
{
	static const struct {
		uint32_t status;
		int error;
	} cases[] = {
		{ 0, 0 }, { 0xc00000b5, -ETIMEDOUT }, { 0xc000009d, -ENODEV },
		{ 0xc000000d, -EINVAL }, { 0x80000011, -EBUSY }, { 0xc0000010, -ENOTTY },
		{ 0xc000009a, -ENOMEM }, { 0xc0000001, -EIO }, { 0xc0000120, -ECANCELED },
		{ 0xc00002b6, -ENODEV }, { 0xc00000c0, -ENODEV }, { 0xc000000e, -ENODEV },
		{ 0xc0000056, -ENODEV }, { 0xc00000ef, -EINVAL }, { 0xc00000f0, -EINVAL },
		{ 0xc00000bb, -EOPNOTSUPP }, { 0xc0000002, -EOPNOTSUPP }, { 0xc0000017, -ENOMEM },
		{ 0xc0000022, -EACCES }, { 0xc0000043, -EBUSY }, { 0xc0000035, -EEXIST },
		{ 0xc0000034, -ENOENT }, { 0xc000008c, -ERANGE }, { 0xc0000023, -EMSGSIZE },
		{ 0xc0000004, -EMSGSIZE }, { 0xc00000a2, -EROFS }, { 0xc0000013, -ENOMEDIUM },
		{ 0xc000007f, -ENOSPC }, { 0xc0000011, 0 }, { 0x80000005, 0 }, { 0x40000000, 0 },
		{ 0x80000006, -EIO }, { 0xc00002b7, -EIO },
	};
	char text[100];
	size_t i;

	EXPECT_EQ(-1, write(self->fd, text, 65));
	EXPECT_EQ(EINVAL, errno);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iotimer_wdm_ioctl c = {
			.code = FRONT_STATUS,
			.in_size = 4,
			.in = (uintptr_t)&cases[i].status,
		};

		EXPECT_EQ(cases[i].error, control(self->fd, &c));
		EXPECT_EQ(cases[i].status, c.status);
	}
	EXPECT_EQ(-ENOTTY, simple(self->fd, FRONT_CODE(99, 0, 0)));
}

TEST_F(front, read_waits_for_a_write)
{
	char text[8] = "";
	pid_t child = fork();
	int status;

	if (!child)
		exit(read(self->fd, text, 8) == 3 && !memcmp(text, "abc", 3) ? 0 : 1);
	usleep(200000);
	ASSERT_EQ(3, write(self->fd, "abc", 3));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(front, R6_signal_cancels)
{
	int cancels = parameter("cancels");
	char text[8];

	alarm_after_ms(100);
	EXPECT_EQ(-1, read(self->fd, text, 8));
	EXPECT_EQ(EINTR, errno);
	alarm_after_ms(0);
	EXPECT_EQ(cancels + 1, parameter("cancels"));
}

TEST_F(front, R6_killed_reader)
{
	int cancels = parameter("cancels");
	char text[8];
	pid_t child = fork();
	int status;

	if (!child)
		exit(read(self->fd, text, 8));
	usleep(200000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(cancels + 1, parameter("cancels"));
	/* what is written next is not read by the dead one */
	ASSERT_EQ(1, write(self->fd, "z", 1));
	EXPECT_EQ(1, read(self->fd, text, 8));
}

/* Requests that end a file are not cancelled, although its process is being killed. */
TEST_F(front, R6_killed_owner)
{
	int cleanups = parameter("cleanups"), closes = parameter("closes");
	pid_t child;
	int status;

	set_parameter("slow_cleanup", '1');
	child = fork();
	if (!child) {
		close(self->fd);
		exit(open(DEVICE, O_RDWR) < 0 ? 1 : pause());
	}
	usleep(200000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	set_parameter("slow_cleanup", '0');
	EXPECT_TRUE(becomes("closes", closes + 1));
	EXPECT_EQ(cleanups + 1, parameter("cleanups"));
	EXPECT_EQ(0, parameter("cleanup_cancels"));
}

/* A request without a Cancel routine ends when the driver ends it. */
TEST_F(front, R6_signal_waits_for_the_driver)
{
	int fd = open(DEVICE, O_RDWR);
	pid_t child = fork();
	int status;

	if (!child) {
		alarm_after_ms(50);
		exit(simple(self->fd, FRONT_KEEP) ? 1 : 0);
	}
	usleep(400000);
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	EXPECT_EQ(0, simple(fd, FRONT_RELEASE));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	close(fd);
}

TEST_F(front, nonblocking_read)
{
	char text[8];

	fcntl(self->fd, F_SETFL, O_RDWR | O_NONBLOCK);
	EXPECT_EQ(-1, read(self->fd, text, 8));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(2, write(self->fd, "ab", 2));
	EXPECT_EQ(2, read(self->fd, text, 8));
}

TEST_F(front, poll_without_a_routine)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN | POLLOUT };

	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_EQ(POLLIN | POLLOUT, p.revents);
}

/* The driver decides about the result of poll(), and a change of it ends a poll(). */
TEST_F(front, poll_with_a_routine)
{
	struct pollfd p = { .fd = self->fd, .events = POLLIN | POLLOUT };
	char text[8];
	pid_t child;
	int status;

	set_parameter("poll", '1');
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_EQ(POLLOUT, p.revents);
	child = fork();
	if (!child) {
		/* Without a time-out, after which poll() would look once more. */
		signal(SIGALRM, SIG_DFL);
		alarm(5);
		p.events = POLLIN;
		_exit(poll(&p, 1, -1) == 1 && p.revents == POLLIN ? 0 : 1);
	}
	usleep(200000);
	EXPECT_EQ(1, write(self->fd, "a", 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, read(self->fd, text, 8));
	set_parameter("poll", '0');
}

/* wdm_front.sh announces the report. */
TEST_F(front, R3_returns_without_completing)
{
	pid_t child = fork();
	int status;

	if (!child)
		exit(simple(self->fd, FRONT_FORGET) ? 1 : 0);
	usleep(200000);
	/* it is waited for, all the same */
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	EXPECT_EQ(0, simple(self->fd, FRONT_RELEASE));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(front, bad_addresses)
{
	struct iotimer_wdm_ioctl c = { .code = FRONT_ECHO, .in_size = 4, .out_size = 4 };
	uint32_t word = 5;

	EXPECT_EQ(-1, write(self->fd, nowhere(), 4));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(4, write(self->fd, "abcd", 4));
	EXPECT_EQ(-1, read(self->fd, nowhere(), 4));
	EXPECT_EQ(EFAULT, errno);
	c.in = (uintptr_t)nowhere();
	c.out = (uintptr_t)&word;
	EXPECT_EQ(-EFAULT, control(self->fd, &c));
	c.in = (uintptr_t)&word;
	c.out = (uintptr_t)nowhere();
	EXPECT_EQ(-EFAULT, control(self->fd, &c));
	EXPECT_EQ(-1, ioctl(self->fd, IOTIMER_WDM_IOCTL, nowhere()));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IO('W', 0xd0), &c));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(front, control_gets_exactly_what_is_given)
{
	struct iotimer_wdm_ioctl c = { .code = FRONT_SIZES };
	uint8_t in[300];
	uint32_t out[100];
	int n;

	memset(in, 1, sizeof(in));
	for (n = 0; n < 300; n += 37) {
		memset(out, 0xff, sizeof(out));
		c.in = (uintptr_t)in;
		c.in_size = n;
		c.out = (uintptr_t)out;
		c.out_size = 200;
		ASSERT_EQ(0, control(self->fd, &c));
		EXPECT_EQ(16, c.returned);
		EXPECT_EQ(n, out[0]);
		EXPECT_EQ(200, out[1]);
		EXPECT_EQ(n, out[2]);
		EXPECT_EQ(0, out[3]);		/* behind the input it is zeroed */
		EXPECT_EQ(0xffffffff, out[4]);	/* behind the answer nothing is touched */
	}
	c.out_size = 15;
	EXPECT_EQ(-EMSGSIZE, control(self->fd, &c));
	EXPECT_EQ(0, c.returned);
}

TEST_F(front, control_returns_no_more_than_asked_for)
{
	struct iotimer_wdm_ioctl c = { .code = FRONT_TOO_MUCH, .out_size = 8 };
	uint8_t out[16];

	memset(out, 0xff, sizeof(out));
	c.out = (uintptr_t)out;
	EXPECT_EQ(0, control(self->fd, &c));
	EXPECT_EQ(8, c.returned);
	EXPECT_EQ(0, out[7]);
	EXPECT_EQ(0xff, out[8]);
	c.code = FRONT_OVERFLOW;
	EXPECT_EQ(0, control(self->fd, &c));
	EXPECT_EQ(0x80000005, c.status);
	EXPECT_EQ(8, c.returned);
}

TEST_F(front, control_is_refused)
{
	struct iotimer_wdm_ioctl c = { .code = FRONT_ECHO, .in_size = (1 << 20) + 1 };
	int fd = open(DEVICE, O_RDONLY);

	EXPECT_EQ(-EINVAL, control(self->fd, &c));
	c.in_size = 0;
	c.out_size = 0xffffffff;
	EXPECT_EQ(-EINVAL, control(self->fd, &c));
	c.out_size = 0;
	c.reserved = 1;
	EXPECT_EQ(-EINVAL, control(self->fd, &c));
	EXPECT_EQ(-EOPNOTSUPP, simple(self->fd, FRONT_NEITHER));
	EXPECT_EQ(-EOPNOTSUPP, simple(self->fd, FRONT_DIRECT));
	EXPECT_EQ(0, simple(fd, FRONT_READ_ACCESS));
	EXPECT_EQ(-EACCES, simple(fd, FRONT_WRITE_ACCESS));
	EXPECT_EQ(0, simple(self->fd, FRONT_WRITE_ACCESS));
	EXPECT_EQ(0, simple(self->fd, FRONT_READ_ACCESS));
	EXPECT_EQ(0, simple(fd, FRONT_ECHO));
	close(fd);
	fd = open(DEVICE, O_WRONLY);
	EXPECT_EQ(-EACCES, simple(fd, FRONT_READ_ACCESS));
	EXPECT_EQ(0, simple(fd, FRONT_WRITE_ACCESS));
	close(fd);
}

TEST_F(front, neither_buffered_nor_direct)
{
	int fd = open(DEVICE "_neither", O_RDWR);
	char text[4];

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, text, 4));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, write(fd, text, 4));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(0, simple(fd, FRONT_ECHO));
	close(fd);
}

TEST_F(front, exclusive)
{
	int fd = open(DEVICE "_exclusive", O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, open(DEVICE "_exclusive", O_RDWR));
	EXPECT_EQ(EBUSY, errno);
	close(fd);
	fd = open(DEVICE "_exclusive", O_RDWR);
	EXPECT_LE(0, fd);
	close(fd);
}

/* An open() that waits is ended by a signal, and closes nothing. */
TEST_F(front, R6_open_that_waits)
{
	int closes = parameter("closes"), cleanups = parameter("cleanups");
	int waiting = parameter("waiting");
	int fd;

	set_parameter("slow", '1');
	alarm_after_ms(100);
	EXPECT_EQ(-1, open(DEVICE "_exclusive", O_RDWR));
	EXPECT_EQ(EINTR, errno);
	alarm_after_ms(0);
	set_parameter("slow", '0');
	fd = open(DEVICE "_exclusive", O_RDWR);
	EXPECT_LE(0, fd);
	close(fd);
	closes++;
	cleanups++;
	EXPECT_EQ(waiting + 1, parameter("waiting"));
	EXPECT_EQ(closes, parameter("closes"));
	EXPECT_EQ(cleanups, parameter("cleanups"));
}

/* It holds no lock that other devices are opened with. The child gives up after three seconds. */
TEST_F(front, R6_open_that_waits_alone)
{
	int waiting = parameter("waiting");
	int fd, status;
	pid_t child;

	set_parameter("slow", '1');
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		signal(SIGALRM, SIG_DFL);
		alarm(3);
		open(DEVICE "_exclusive", O_RDWR);
		_exit(1);
	}
	EXPECT_TRUE(becomes("waiting", waiting + 1));
	set_parameter("slow", '0');
	fd = open(DEVICE, O_RDWR);
	EXPECT_LE(0, fd);
	close(fd);
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	kill(child, SIGKILL);
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(waiting + 1, parameter("waiting"));
}

/* Many at once, with signals at random: each write is read once, or none waits. */
TEST_F_TIMEOUT(front, R6_readers_and_signals, 60)
{
	pid_t children[6];
	int i, status;

	for (i = 0; i < 6; i++) {
		children[i] = fork();
		if (!children[i]) {
			char text[8];

			alarm_after_ms(3 + i);
			for (i = 0; i < 200; i++)
				if ((i % 3 ? read(self->fd, text, 8) :
				     write(self->fd, "x", 1)) < 0 && errno != EINTR)
					exit(1);
			exit(0);
		}
	}
	for (i = 0; i < 6; i++) {
		/* what waits for a write that nobody is left for gets one */
		while (!waitpid(children[i], &status, WNOHANG))
			usleep(10000);
		EXPECT_EQ(0, status);
	}
}

/*
 * At random: it is the kernel that must not mind. Several processes, each with files of its own
 * and one of all; some calls wait, for another process or for a signal.
 */
#define FUZZERS	4

static struct fuzz_counts {
	unsigned long taken, refused;
} *fuzz_counts;

static const uint8_t *fuzz_bad;
static uint8_t fuzz_buffer[2 << 20];	/* more than is ever returned */

static long fuzz_control(int fd)
{
	struct iotimer_wdm_ioctl c = {
		.code = random() % 8 ? FRONT_CODE(random() % 12, random() % 8 ? 0 : random() % 4,
						  random() % 4) : random(),
		.in_size = random() % 8 ? random() % 256 : random(),
		.out_size = random() % 8 ? random() % 256 : random(),
		.reserved = !(random() % 16),
		.in = (uintptr_t)(random() % 8 ? fuzz_buffer : fuzz_bad),
		.out = (uintptr_t)(random() % 8 ? fuzz_buffer : NULL),
	};

	return ioctl(fd, random() % 16 ? IOTIMER_WDM_IOCTL : random(), &c);
}

static long fuzz_open(int *fd)
{
	close(*fd);
	*fd = open(random() % 8 ? DEVICE : DEVICE "_exclusive",
		   (random() % 64 ? O_NONBLOCK : 0) | (random() % 8 ? O_RDWR : random() % 3));
	return *fd;
}

static long fuzz_once(int *fd, int file_of_all)
{
	struct pollfd p = { .fd = *fd, .events = POLLIN | POLLOUT };
	int any = random() % 16 ? *fd : file_of_all;

	switch (random() % 9) {
	case 0:
		return fuzz_open(fd);
	case 1:
		return read(any, random() % 16 ? fuzz_buffer : (void *)fuzz_bad, random() % 100);
	case 2:
		return write(any, random() % 16 ? fuzz_buffer : fuzz_bad, random() % 100);
	case 3:
		return lseek(any, random(), random() % 6);
	case 4:
		return poll(&p, 1, 0);
	default:
		return fuzz_control(any);
	}
}

static void fuzz(int seed, unsigned long rounds, int file_of_all)
{
	int files[4] = { -1, -1, -1, -1 };
	unsigned long i;

	srandom(seed);
	alarm_after_ms(5);
	for (i = 0; i < rounds; i++)
		if (fuzz_once(&files[random() % 4], file_of_all) < 0)
			fuzz_counts[seed].refused++;
		else
			fuzz_counts[seed].taken++;
	exit(0);
}

/* How long it may take with many ROUNDS is for the script to say (TIMEOUT). */
TEST_F_TIMEOUT(front, R6_fuzz, 7200)
{
	unsigned long rounds = getenv("ROUNDS") ? strtoul(getenv("ROUNDS"), NULL, 10) : 20000;
	unsigned long taken = 0, refused = 0;
	pid_t children[FUZZERS];
	int i, status;

	fuzz_bad = nowhere();
	fuzz_counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)fuzz_counts);
	for (i = 0; i < FUZZERS; i++) {
		children[i] = fork();
		if (!children[i])
			fuzz(i, rounds / FUZZERS, self->fd);
	}
	for (i = 0; i < FUZZERS; i++) {
		/* no other process is left that releases the request of the last one */
		while (!waitpid(children[i], &status, WNOHANG)) {
			simple(self->fd, FRONT_RELEASE);
			usleep(10000);
		}
		EXPECT_EQ(0, status);
		EXPECT_EQ(rounds / FUZZERS, fuzz_counts[i].taken + fuzz_counts[i].refused);
		EXPECT_LT(rounds / FUZZERS / 20, fuzz_counts[i].taken);
		EXPECT_LT(rounds / FUZZERS / 20, fuzz_counts[i].refused);
		taken += fuzz_counts[i].taken;
		refused += fuzz_counts[i].refused;
	}
	TH_LOG("%lu operations were taken, %lu refused", taken, refused);
	simple(self->fd, FRONT_RELEASE);
	EXPECT_TRUE(becomes("creates", parameter("closes") + 1));
	EXPECT_EQ(5, write(self->fd, "still", 5));
	EXPECT_EQ(5, read(self->fd, fuzz_buffer, 8));
}

/* The last one: the device goes with files open and a reader waiting. */
FIXTURE(gone) {
	int fd;
};

FIXTURE_SETUP(gone)
{
	self->fd = open(DEVICE, O_RDWR);
}

FIXTURE_TEARDOWN(gone)
{
}

TEST_F_TIMEOUT(gone, R6_device_is_deleted_with_a_file_open, 60)
{
	int creates, fd = self->fd;
	char text[8];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	pid_t child, keeper, opener;
	int status;

	ASSERT_LE(0, fd);
	/* nothing to read from before */
	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	read(fd, text, 8);
	fcntl(fd, F_SETFL, O_RDWR);
	creates = parameter("creates");
	set_parameter("slow", '1');
	opener = fork();
	if (!opener)
		exit(open(DEVICE, O_RDWR) < 0 ? errno : 0);
	child = fork();
	if (!child)
		exit(read(fd, text, 8) < 0 ? errno : 0);
	keeper = fork();
	if (!keeper)
		exit(simple(fd, FRONT_KEEP));
	usleep(200000);
	set_parameter("delete", '1');
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(ENODEV, WEXITSTATUS(status));
	ASSERT_EQ(opener, waitpid(opener, &status, 0));
	EXPECT_EQ(ENODEV, WEXITSTATUS(status));
	EXPECT_EQ(0, kill(keeper, SIGKILL));
	usleep(10500000);
	/* a driver that keeps a request keeps its device, and a process that was killed */
	EXPECT_EQ(0, waitpid(keeper, &status, WNOHANG));
	EXPECT_EQ(0, parameter("deleted"));
	set_parameter("release", '1');
	ASSERT_EQ(keeper, waitpid(keeper, &status, 0));
	EXPECT_TRUE(becomes("deleted", 1));
	set_parameter("slow", '0');
	EXPECT_TRUE(becomes("closes", creates));
	EXPECT_EQ(creates, parameter("cleanups"));
	EXPECT_EQ(-1, write(fd, text, 1));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, simple(fd, FRONT_ECHO));
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_EQ(POLLHUP | POLLERR, p.revents);
	EXPECT_NE(0, access(DEVICE, F_OK));
	close(fd);
	EXPECT_EQ(creates, parameter("closes"));
}

/* A device is deleted by its own dispatch routine, with this file open. */
TEST_F(gone, R6_device_that_deletes_itself)
{
	int fd = open(DEVICE "_neither", O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, simple(fd, FRONT_DELETE));
	EXPECT_EQ(-ENODEV, simple(fd, FRONT_ECHO));
	EXPECT_NE(0, access(DEVICE "_neither", F_OK));
	close(fd);
	EXPECT_TRUE(becomes("closes", parameter("creates")));
}

/* Two files, and the device is deleted when the first one is closed: each is closed once. */
static void close_deletes(struct __test_metadata *_metadata, const char *device)
{
	int creates = parameter("creates"), cleanups = parameter("cleanups");
	int closes = parameter("closes");
	int first = open(device, O_RDWR), second = open(device, O_RDWR);

	ASSERT_LE(0, first);
	ASSERT_LE(0, second);
	EXPECT_EQ(creates + 2, parameter("creates"));
	close(first);
	EXPECT_EQ(cleanups + 2, parameter("cleanups"));
	EXPECT_EQ(closes + 2, parameter("closes"));
	EXPECT_EQ(-ENODEV, simple(second, FRONT_ECHO));
	EXPECT_NE(0, access(device, F_OK));
	close(second);
	EXPECT_EQ(cleanups + 2, parameter("cleanups"));
	EXPECT_EQ(closes + 2, parameter("closes"));
}

TEST_F(gone, R6_device_that_is_deleted_in_its_cleanup)
{
	close_deletes(_metadata, DEVICE "_cleanup");
}

/* The file is opened, and is of a device that is gone: the driver is not called any more. */
TEST_F(gone, R6_device_that_is_deleted_in_its_create)
{
	int closes = parameter("closes"), cleanups = parameter("cleanups");
	int fd = open(DEVICE "_create", O_RDWR);

	EXPECT_LE(0, fd);
	EXPECT_EQ(-ENODEV, simple(fd, FRONT_ECHO));
	EXPECT_NE(0, access(DEVICE "_create", F_OK));
	close(fd);
	EXPECT_EQ(cleanups, parameter("cleanups"));
	EXPECT_EQ(closes, parameter("closes"));
}

TEST_F(gone, R6_device_that_is_deleted_in_its_close)
{
	close_deletes(_metadata, DEVICE "_close");
}

#include "slow.h"

TEST_HARNESS_MAIN

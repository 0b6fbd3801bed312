// SPDX-License-Identifier: GPL-2.0
/*
 * A client of the sample iotimer_edu whose device comes and goes: unplug_test DEVICE. Opens the device,
 * submits two requests, reads their results, closes it, and repeats that until SIGTERM. Prints at the end
 * how often it opened the device, how many requests were served and how many failed because the device
 * disappeared. Fails if a read returns anything else or does not return.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The device hangs until it is reset, so timer, ISR and bottom half are all involved. */
#define REQUEST		"5 fault=hang limit=1\n"
#define RESULT		"120\n"
#define LIMIT_MS	60000

static volatile sig_atomic_t stop;
static unsigned int opened, served, gone;

static void on_sigterm(int sig)
{
	stop = true;
}

/* Submit a request; false if the device is gone. */
static bool submit(int fd)
{
	if (write(fd, REQUEST, strlen(REQUEST)) == strlen(REQUEST))
		return true;
	if (errno != ENODEV)
		err(1, "write");
	gone++;
	return false;
}

static bool collect(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	char text[64] = "";

	while (!poll(&pollfd, 1, LIMIT_MS))
		errx(1, "nothing to read after %d ms", LIMIT_MS);
	if (read(fd, text, sizeof(text) - 1) < 0) {
		if (errno == EINTR)
			return true;
		/* Behind the requests of other clients it may time out as well. */
		if (errno != ENODEV && errno != ETIMEDOUT)
			err(1, "read");
		gone += errno == ENODEV;
		return false;
	}
	if (strcmp(text, RESULT))
		errx(1, "5! is '%s'", text);
	served++;
	return true;
}

static void use(const char *device)
{
	int fd = open(device, O_RDWR);

	if (fd < 0) {
		if (errno != ENOENT && errno != ENODEV && errno != ENXIO)
			err(1, "open");
		usleep(1000);
		return;
	}
	opened++;
	if (submit(fd) && submit(fd) && collect(fd))
		collect(fd);
	close(fd);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_sigterm };

	if (argc != 2)
		errx(1, "usage: %s DEVICE", argv[0]);
	sigaction(SIGTERM, &action, NULL);
	while (!stop)
		use(argv[1]);
	printf("opened %u served %u gone %u\n", opened, served, gone);
	return 0;
}

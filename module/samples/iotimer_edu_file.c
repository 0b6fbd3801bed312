// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu - the character device /dev/iotimer_edu0, ...
 *
 * Each write is a request and each line read is the result of one, in the order
 * of the writes to the same open file. The read for a failed request fails. If no
 * request is pending, a read returns the end of the file.
 *
 *	exec 3<>/dev/iotimer_edu0
 *	echo 5 >&3
 *	echo 6 fault=hang limit=2 >&3
 *	cat <&3
 *
 *	limit=N		periods that an attempt or a reset may take, default 2
 *	fault=lose-irq	the device computes, but its interrupt is lost
 *	fault=hang	the device does nothing until it is reset
 *	fault=dead	the device does nothing, and a reset does not help
 *	fault=gone	the device has been removed: its registers read as all ones
 *	fault=gone-irq	likewise, when its interrupt is already on its way
 *	times=N		number of attempts that have the fault, default 1
 */
#include <linux/poll.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "edu_hw.h"
#include "iotimer_edu.h"

#define EDU_MAX_LIMIT		60
#define EDU_DEFAULT_LIMIT	2
#define EDU_MAX_REQUESTS	16	/* per open file, until they are read */
#define EDU_MAX_LINE		64

static const char * const edu_faults[] = {
	[EDU_FAULT_NONE]	= "none",
	[EDU_FAULT_LOSE_IRQ]	= "lose-irq",
	[EDU_FAULT_HANG]	= "hang",
	[EDU_FAULT_DEAD]	= "dead",
	[EDU_FAULT_GONE]	= "gone",
	[EDU_FAULT_GONE_IRQ]	= "gone-irq",
};

static int edu_open(struct inode *inode, struct file *file)
{
	struct edu *edu = container_of(file->private_data, struct edu, misc);
	struct edu_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	kref_get(&edu->ref);
	f->edu = edu;
	INIT_LIST_HEAD(&f->done);
	file->private_data = f;
	return stream_open(inode, file);
}

/* Drop the file's queued requests; the device continues with an active one. */
static int edu_release(struct inode *inode, struct file *file)
{
	struct edu_file *f = file->private_data;
	struct edu_request *req, *next;
	struct edu *edu = f->edu;

	spin_lock_bh(&edu->dev->lock);
	list_for_each_entry_safe(req, next, &edu->queue, node)
		if (req->file == f)
			list_move(&req->node, &f->done);
	if (edu->active && edu->active->file == f)
		edu->active->file = NULL;
	spin_unlock_bh(&edu->dev->lock);

	list_for_each_entry_safe(req, next, &f->done, node)
		kfree(req);
	kfree(f);
	edu_put(edu);
	return 0;
}

static int edu_parse_int(const char *text, int min, int max, int *value)
{
	int err = kstrtoint(text, 10, value);

	if (err)
		return err;
	return *value < min || *value > max ? -ERANGE : 0;
}

/* NAME=VALUE */
static int edu_parse_option(struct edu_request *req, char *value)
{
	char *name = strsep(&value, "=");

	if (!value)
		return -EINVAL;
	if (!strcmp(name, "limit"))
		return edu_parse_int(value, 1, EDU_MAX_LIMIT, &req->limit);
	if (!strcmp(name, "times"))
		return edu_parse_int(value, 1, INT_MAX, &req->times);
	if (strcmp(name, "fault"))
		return -EINVAL;
	req->fault = match_string(edu_faults, ARRAY_SIZE(edu_faults), value);
	return min(req->fault, 0);
}

/* NUMBER [NAME=VALUE]... */
static int edu_parse(struct edu_request *req, char *text)
{
	char *word = strsep(&text, " ");
	int err = edu_parse_int(word, 0, EDU_MAX_NUMBER, &req->number);

	while (!err && text) {
		word = strsep(&text, " ");
		if (*word)
			err = edu_parse_option(req, word);
	}
	return err;
}

static struct edu_request *edu_request_create(struct edu_file *f, char *text)
{
	struct edu_request *req = kzalloc(sizeof(*req), GFP_KERNEL);
	int err;

	if (!req)
		return ERR_PTR(-ENOMEM);
	req->file = f;
	req->limit = EDU_DEFAULT_LIMIT;
	req->times = 1;
	err = edu_parse(req, strim(text));
	if (!err)
		return req;
	kfree(req);
	return ERR_PTR(err);
}

static int edu_enqueue(struct edu_file *f, struct edu_request *req)
{
	int err = -EBUSY;

	spin_lock_bh(&f->edu->dev->lock);
	if (f->requests < EDU_MAX_REQUESTS)
		err = edu_submit(f->edu, req);
	if (!err)
		f->requests++;
	spin_unlock_bh(&f->edu->dev->lock);
	return err;
}

static ssize_t edu_write(struct file *file, const char __user *buf, size_t count,
			 loff_t *pos)
{
	struct edu_file *f = file->private_data;
	struct edu_request *req;
	char text[EDU_MAX_LINE];
	int err;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	if (strlen(text) != count)
		return -EINVAL;
	req = edu_request_create(f, text);
	if (IS_ERR(req))
		return PTR_ERR(req);
	err = edu_enqueue(f, req);
	if (!err)
		return count;
	kfree(req);
	return err;
}

static void edu_consume(struct edu_file *f, struct edu_request *req)
{
	list_del(&req->node);
	kfree(req);
	f->requests--;
	f->offset = 0;
}

/* Copy the rest of a result's line, or @count bytes of it. */
static int edu_take_line(struct edu_file *f, struct edu_request *req, char *text,
			 size_t count)
{
	char line[EDU_MAX_LINE];
	size_t left;

	left = scnprintf(line, sizeof(line), "%u\n", req->result) - f->offset;
	count = min(count, left);
	memcpy(text, line + f->offset, count);
	f->offset += count;
	if (count == left)
		edu_consume(f, req);
	return count;
}

/* Return a number of bytes or the error that read() has to return. */
static int edu_take(struct edu_file *f, char *text, size_t count)
{
	struct edu_request *req;
	int error;

	iotimer_assert_locked(f->edu->dev);
	req = list_first_entry_or_null(&f->done, struct edu_request, node);
	if (!req && !f->edu->bound)
		return -ENODEV;
	if (!req)
		return f->requests ? -EAGAIN : 0;
	if (!req->error)
		return edu_take_line(f, req, text, count);
	error = req->error;
	edu_consume(f, req);
	return error;
}

static int edu_try_read(struct edu_file *f, char *text, size_t count)
{
	int ret;

	spin_lock_bh(&f->edu->dev->lock);
	ret = edu_take(f, text, count);
	spin_unlock_bh(&f->edu->dev->lock);
	return ret;
}

static int edu_wait_read(struct edu_file *f, char *text, size_t count)
{
	wait_queue_head_t *wait = &f->edu->wait;
	int ret, err;

	err = wait_event_interruptible(*wait, (ret = edu_try_read(f, text, count)) != -EAGAIN);
	return err ?: ret;
}

static ssize_t edu_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct edu_file *f = file->private_data;
	char text[EDU_MAX_LINE];
	int ret;

	if (file->f_flags & O_NONBLOCK)
		ret = edu_try_read(f, text, count);
	else
		ret = edu_wait_read(f, text, count);
	if (ret > 0 && copy_to_user(buf, text, ret))
		return -EFAULT;
	return ret;
}

static __poll_t edu_poll(struct file *file, poll_table *table)
{
	struct edu_file *f = file->private_data;
	struct edu *edu = f->edu;
	__poll_t mask = 0;

	poll_wait(file, &edu->wait, table);
	spin_lock_bh(&edu->dev->lock);
	if (!list_empty(&f->done))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!edu->bound)
		mask |= EPOLLHUP | EPOLLERR;
	else if (f->requests < EDU_MAX_REQUESTS)
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock_bh(&edu->dev->lock);
	return mask;
}

const struct file_operations edu_fops = {
	.owner		= THIS_MODULE,
	.open		= edu_open,
	.release	= edu_release,
	.read		= edu_read,
	.write		= edu_write,
	.poll		= edu_poll,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/iotimer: tables of all devices, controllers and interrupts,
 * and a directory for each of the first devices.
 *
 * A file is read under iotimer_mutex, so that the object it shows exists meanwhile.
 * Removing a file waits for its readers: directories are created and removed without
 * the mutex, before anything else of the device is freed.
 *
 * A table of many thousand rows is read in many pieces, between which the mutex is
 * free. A reader remembers the name in the last row that it has got and continues
 * with the next name in order: no row is torn or shown twice, and every object that
 * exists from the first piece to the last is shown.
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "core.h"

/* The longest name of a routine in a column */
#define ROUTINE_LEN	64

#define BAR		"########################################"

static struct dentry *debugfs_root;
static struct dentry *debugfs_devices;
static atomic_t nr_dirs;
static atomic_t nr_without_dir;

static const char *device_state(struct iotimer_device *dev)
{
	if (iotimer_private(dev)->deleting)
		return "deleting";
	if (!iotimer_private(dev)->page)
		return "new";
	if (iotimer_private(dev)->cut_off)
		return "cut-off";
	return iotimer_is_started(dev) ? "started" : "stopped";
}

static const char *device_context_kind(struct iotimer_device *dev)
{
	void *context = iotimer_context(dev);

	if (!context)
		return "none";
	if (iotimer_in_extension(dev, context))
		return "device";
	return iotimer_private(dev)->context_ctl ? "controller" : "own";
}

/* As %ps, but without the module's name, which has a column of its own. */
static const char *device_routine(struct iotimer_device *dev, char *buf)
{
	if (!iotimer_private(dev)->page)
		return "-";
	snprintf(buf, ROUTINE_LEN, "%ps", iotimer_routine(dev));
	buf[strcspn(buf, " ")] = '\0';
	return buf;
}

static void show_stats_off(struct seq_file *m)
{
	if (!static_key_enabled(&iotimer_stats_key))
		seq_puts(m, "# statistics are off; on: echo 1 > /sys/module/iotimer/parameters/stats\n");
}

/* Tables: one row per entry, in the order of names. */

struct table {
	const char	*file;
	size_t		name;		/* offset of the name in an entry */
	void		*(*next)(const char *name);
	void		(*head)(struct seq_file *m);
	void		(*row)(struct seq_file *m, void *entry);
};

struct reader {
	const struct table *table;
	char		last[IOTIMER_NAME_LEN];
};

static void *next_device(const char *name)
{
	return iotimer_device_next(name);
}

static void *next_controller(const char *name)
{
	return iotimer_controller_next(name);
}

static void timers_head(struct seq_file *m)
{
	unsigned int without = atomic_read(&nr_without_dir);

	seq_printf(m, "%-31s %-16s %-8s %10s %8s %10s %10s %8s %-24s %s\n",
		   "device", "owner", "state", "ticks", "missed", "last_ns",
		   "max_ns", "over", "routine", "context");
	if (without)
		seq_printf(m, "# devices without a directory: %u (parameter dirs: %u)\n",
			   without, iotimer_dirs);
	show_stats_off(m);
}

static void timers_row(struct seq_file *m, void *entry)
{
	struct iotimer_device *dev = entry;
	char buf[ROUTINE_LEN];

	seq_printf(m, "%-31s %-16s %-8s %10u %8u ", dev->name,
		   module_name(iotimer_private(dev)->owner), device_state(dev), iotimer_ticks(dev),
		   iotimer_missed(dev));
	if (iotimer_private(dev)->stats)
		seq_printf(m, "%10lu %10lu %8u ",
			   READ_ONCE(iotimer_private(dev)->stats->last_ns),
			   READ_ONCE(iotimer_private(dev)->stats->max_ns),
			   READ_ONCE(iotimer_private(dev)->stats->over));
	else
		seq_printf(m, "%10s %10s %8s ", "-", "-", "-");
	seq_printf(m, "%-24s %s\n", device_routine(dev, buf), device_context_kind(dev));
}

static void controllers_head(struct seq_file *m)
{
	seq_printf(m, "%-31s %-16s %-31s %8s %8s\n",
		   "controller", "owner", "holder", "waiters", "timers");
}

static void controllers_row(struct seq_file *m, void *entry)
{
	struct iotimer_controller *ctl = entry;
	struct iotimer_controller_info info;

	iotimer_controller_info(ctl, &info);
	seq_printf(m, "%-31s %-16s %-31s %8u %8u\n", ctl->name,
		   module_name(ctl->owner), info.holder, info.waiters, ctl->timers);
}

static void interrupts_head(struct seq_file *m)
{
	seq_printf(m, "%-31s %8s %12s %12s\n",
		   "device", "line", "count", "synchronized");
}

static void interrupts_row(struct seq_file *m, void *entry)
{
	struct iotimer_device *dev = entry;
	struct iotimer_irq *irq;

	list_for_each_entry(irq, &iotimer_private(dev)->irqs, node) {
		seq_printf(m, "%-31s ", dev->name);
		if (irq->line == IOTIMER_IRQ_VIRTUAL)
			seq_printf(m, "%8s", "virtual");
		else
			seq_printf(m, "%8u", irq->line);
		seq_printf(m, " %12lu %12lu\n", READ_ONCE(irq->count),
			   READ_ONCE(irq->synchronized));
	}
}

static const struct table debugfs_tables[] = {
	{ "timers", offsetof(struct iotimer_device, name),
	  next_device, timers_head, timers_row },
	{ "controllers", offsetof(struct iotimer_controller, name),
	  next_controller, controllers_head, controllers_row },
	{ "interrupts", offsetof(struct iotimer_device, name),
	  next_device, interrupts_head, interrupts_row },
};

static void *table_start(struct seq_file *m, loff_t *pos)
{
	struct reader *reader = m->private;

	mutex_lock(&iotimer_mutex);
	return *pos ? reader->table->next(reader->last) : SEQ_START_TOKEN;
}

/* seq_file has passed @v on to the reader. */
static void *table_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *reader = m->private;
	const struct table *table = reader->table;

	++*pos;
	strscpy(reader->last, v == SEQ_START_TOKEN ? "" : v + table->name,
		sizeof(reader->last));
	cond_resched();
	return table->next(reader->last);
}

static void table_stop(struct seq_file *m, void *v)
{
	mutex_unlock(&iotimer_mutex);
}

static int table_show(struct seq_file *m, void *v)
{
	struct reader *reader = m->private;

	if (v == SEQ_START_TOKEN)
		reader->table->head(m);
	else
		reader->table->row(m, v);
	return 0;
}

static const struct seq_operations table_seq_ops = {
	.start	= table_start,
	.next	= table_next,
	.stop	= table_stop,
	.show	= table_show,
};

static int table_open(struct inode *inode, struct file *file)
{
	struct reader *reader;

	reader = __seq_open_private(file, &table_seq_ops, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->table = inode->i_private;
	return 0;
}

static const struct file_operations table_fops = {
	.owner		= THIS_MODULE,
	.open		= table_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= seq_release_private,
};

/* The tick, and whether statistics are on. */

static void tick_line(struct seq_file *m, const char *key, u64 value)
{
	seq_printf(m, "%-17s %llu\n", key, value);
}

static int tick_show(struct seq_file *m, void *unused)
{
	struct iotimer_tick_state info;

	iotimer_tick_info(&info);
	tick_line(m, "period_ms:", iotimer_period_ms);
	tick_line(m, "period_jiffies:", iotimer_tick_period());
	tick_line(m, "armed:", info.armed);
	tick_line(m, "passes:", info.passes);
	tick_line(m, "chunks:", info.chunks);
	tick_line(m, "longest_chunk_ns:", info.longest_chunk_ns);
	tick_line(m, "budget_us:", READ_ONCE(iotimer_budget_us));
	tick_line(m, "late_last_ns:", info.late_last_ns);
	tick_line(m, "late_max_ns:", info.late_max_ns);
	tick_line(m, "missed:", info.missed);
	mutex_lock(&iotimer_mutex);
	tick_line(m, "devices:", iotimer_nr_devices);
	tick_line(m, "started:", iotimer_nr_started());
	mutex_unlock(&iotimer_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tick);

static int stats_get(void *unused, u64 *on)
{
	*on = static_key_enabled(&iotimer_stats_key);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(stats_fops, stats_get, NULL, "%llu\n");

/* A device's directory: one value per file. */

static void show_owner(struct seq_file *m, struct iotimer_device *dev)
{
	seq_printf(m, "%s\n", module_name(iotimer_private(dev)->owner));
}

static void show_state(struct seq_file *m, struct iotimer_device *dev)
{
	seq_printf(m, "%s\n", device_state(dev));
}

static void show_ticks(struct seq_file *m, struct iotimer_device *dev)
{
	seq_printf(m, "%u\n", iotimer_ticks(dev));
}

static void show_missed(struct seq_file *m, struct iotimer_device *dev)
{
	seq_printf(m, "%u\n", iotimer_missed(dev));
}

static void show_last_ns(struct seq_file *m, struct iotimer_device *dev)
{
	if (iotimer_private(dev)->stats)
		seq_printf(m, "%lu\n", READ_ONCE(iotimer_private(dev)->stats->last_ns));
	else
		seq_puts(m, "-\n");
}

static void show_max_ns(struct seq_file *m, struct iotimer_device *dev)
{
	if (iotimer_private(dev)->stats)
		seq_printf(m, "%lu\n", READ_ONCE(iotimer_private(dev)->stats->max_ns));
	else
		seq_puts(m, "-\n");
}

static void show_over(struct seq_file *m, struct iotimer_device *dev)
{
	if (iotimer_private(dev)->stats)
		seq_printf(m, "%u\n", READ_ONCE(iotimer_private(dev)->stats->over));
	else
		seq_puts(m, "-\n");
}

static void show_routine(struct seq_file *m, struct iotimer_device *dev)
{
	char buf[ROUTINE_LEN];

	seq_printf(m, "%s\n", device_routine(dev, buf));
}

static void show_context_kind(struct seq_file *m, struct iotimer_device *dev)
{
	seq_printf(m, "%s\n", device_context_kind(dev));
}

static u32 histogram_max(const u32 *histogram)
{
	u32 max = 1;
	int i;

	for (i = 0; i < IOTIMER_BUCKETS; i++)
		max = max(max, READ_ONCE(histogram[i]));
	return max;
}

static void histogram_row(struct seq_file *m, int bucket, u32 count, u32 max)
{
	u64 below = BIT_ULL(IOTIMER_BUCKET_SHIFT + bucket);
	int bar = div_u64((u64)count * strlen(BAR) + max - 1, max);

	seq_printf(m, "%12llu ", bucket ? below / 2 : 0);
	if (bucket < IOTIMER_BUCKETS - 1)
		seq_printf(m, "%12llu", below);
	else
		seq_printf(m, "%12s", "-");
	seq_printf(m, " %10u %.*s\n", count, bar, BAR);
}

/* Empty buckets are left out. */
static void show_histogram(struct seq_file *m, const u32 *histogram)
{
	u32 count, max = histogram_max(histogram);
	int i;

	seq_printf(m, "%12s %12s %10s\n", "from_ns", "below_ns", "count");
	for (i = 0; i < IOTIMER_BUCKETS; i++) {
		count = READ_ONCE(histogram[i]);
		if (count)
			histogram_row(m, i, count, max);
	}
}

static void show_runtime(struct seq_file *m, struct iotimer_device *dev)
{
	show_stats_off(m);
	if (iotimer_private(dev)->stats)
		show_histogram(m, iotimer_private(dev)->stats->runtime);
	else
		seq_puts(m, "-\n");
}

static void show_lateness(struct seq_file *m, struct iotimer_device *dev)
{
	show_stats_off(m);
	if (iotimer_private(dev)->stats)
		show_histogram(m, iotimer_private(dev)->stats->lateness);
	else
		seq_puts(m, "-\n");
}

struct view {
	struct seq_file		*m;
	struct iotimer_device	*dev;
};

static int view_context(void *data)
{
	struct view *view = data;

	iotimer_private(view->dev)->show(view->m, iotimer_context(view->dev));
	return 0;
}

/* The interrupt and the callback stay: both go under iotimer_mutex. */
static void show_context(struct seq_file *m, struct iotimer_device *dev)
{
	struct view view = { m, dev };

	if (!iotimer_private(dev)->show) {
		seq_puts(m, "# the driver gave no iotimer_device_set_show()\n");
	} else if (!iotimer_private(dev)->page) {
		seq_puts(m, "# no iotimer_init() yet\n");
	} else if (iotimer_private(dev)->show_irq) {
		iotimer_synchronize(iotimer_private(dev)->show_irq, view_context, &view);
	} else {
		spin_lock_bh(&dev->lock);
		view_context(&view);
		spin_unlock_bh(&dev->lock);
	}
}

static const struct value {
	const char	*file;
	void		(*show)(struct seq_file *m, struct iotimer_device *dev);
} debugfs_values[] = {
	{ "owner",		show_owner },
	{ "state",		show_state },
	{ "ticks",		show_ticks },
	{ "missed",		show_missed },
	{ "last_ns",		show_last_ns },
	{ "max_ns",		show_max_ns },
	{ "over",		show_over },
	{ "routine",		show_routine },
	{ "context_kind",	show_context_kind },
	{ "context",		show_context },
	{ "runtime",		show_runtime },
	{ "lateness",		show_lateness },
};

/* The inode of the directory points to the device, that of a file to its value. */
static int value_show(struct seq_file *m, void *unused)
{
	struct inode *dir = d_inode(m->file->f_path.dentry->d_parent);
	const struct value *value = m->private;

	mutex_lock(&iotimer_mutex);
	value->show(m, dir->i_private);
	mutex_unlock(&iotimer_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(value);

static struct dentry *debugfs_create_device(struct iotimer_device *dev)
{
	struct dentry *dir;
	int i;

	dir = debugfs_create_dir(dev->name, debugfs_devices);
	if (IS_ERR(dir))
		return NULL;
	d_inode(dir)->i_private = dev;
	for (i = 0; i < ARRAY_SIZE(debugfs_values); i++)
		debugfs_create_file(debugfs_values[i].file, 0444, dir,
				    (void *)&debugfs_values[i], &value_fops);
	return dir;
}

/* Called without iotimer_mutex when the device has been created. */
void iotimer_debugfs_add(struct iotimer_device *dev)
{
	if (atomic_inc_return(&nr_dirs) <= iotimer_dirs)
		iotimer_private(dev)->dir = debugfs_create_device(dev);
	if (!iotimer_private(dev)->dir) {
		atomic_dec(&nr_dirs);
		atomic_inc(&nr_without_dir);
	}
}

/* Called without iotimer_mutex: this waits for readers, which take it. */
void iotimer_debugfs_remove(struct iotimer_device *dev)
{
	debugfs_remove(iotimer_private(dev)->dir);
	atomic_dec(iotimer_private(dev)->dir ? &nr_dirs : &nr_without_dir);
}

void iotimer_debugfs_init(void)
{
	int i;

	debugfs_root = debugfs_create_dir("iotimer", NULL);
	debugfs_devices = debugfs_create_dir("devices", debugfs_root);
	for (i = 0; i < ARRAY_SIZE(debugfs_tables); i++)
		debugfs_create_file(debugfs_tables[i].file, 0444, debugfs_root,
				    (void *)&debugfs_tables[i], &table_fops);
	debugfs_create_file("tick", 0444, debugfs_root, NULL, &tick_fops);
	debugfs_create_file("stats", 0444, debugfs_root, NULL, &stats_fops);
}

void iotimer_debugfs_exit(void)
{
	debugfs_remove(debugfs_root);
}

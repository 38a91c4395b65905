/* What an ordinary driver does: a file in /proc, a device, notifiers, a work item, a timer, a thread; no tampering. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/seq_file.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "tamper.h"

static int show(struct seq_file *file, void *value)
{
	seq_puts(file, "benign\n");
	return 0;
}

static int notified(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block on_reboot = { .notifier_call = notified };
static struct notifier_block on_netdevice = { .notifier_call = notified };
static const struct file_operations file_ops = { .owner = THIS_MODULE };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "benign", .fops = &file_ops };
static struct task_struct *thread;

static int work_along(void *data)
{
	while (!kthread_should_stop())
		msleep_interruptible(20);
	return 0;
}

static void work_done(struct work_struct *work)
{
}

static DECLARE_WORK(work, work_done);

static void tick(struct timer_list *timer)
{
	schedule_work(&work);
	mod_timer(timer, jiffies + 2);
}

static DEFINE_TIMER(timer, tick);

static int __init begin(void)
{
	proc_create_single("benign", 0444, NULL, show);
	register_reboot_notifier(&on_reboot);
	register_netdevice_notifier(&on_netdevice);
	misc_register(&device);
	thread = kthread_run(work_along, NULL, "benign");
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static void __exit end(void)
{
	del_timer_sync(&timer);
	cancel_work_sync(&work);
	kthread_stop(thread);
	misc_deregister(&device);
	unregister_netdevice_notifier(&on_netdevice);
	unregister_reboot_notifier(&on_reboot);
	remove_proc_entry("benign", NULL);
}

module_init(begin);
module_exit(end);

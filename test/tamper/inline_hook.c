/* sys_getpid begins with a jump into this module: `b` (shape=0), or `ldr pc, [pc, #-4]` and the address (shape=1). */
#include <linux/sched.h>
#include <linux/pid.h>
#include "tamper.h"

static unsigned long target;
module_param(target, ulong, 0);
static int shape;
module_param(shape, int, 0);

static u32 before[2];

static asmlinkage long replacement(void)
{
	return task_tgid_vnr(current);
}

static int __init begin(void)
{
	if (!target)
		return -EINVAL;
	if (shape == 0) {
		before[0] = exchange_word(target, branch_to(target, (unsigned long)replacement));
	} else {
		before[1] = exchange_word(target + 4, (u32)replacement);
		before[0] = exchange_word(target, 0xe51ff004);
	}
	return 0;
}

static void __exit end(void)
{
	exchange_word(target, before[0]);
	if (shape != 0)
		exchange_word(target + 4, before[1]);
}

module_init(begin);
module_exit(end);

/* One instruction in the middle of a function is another one: a no-op. The test chooses a function that nobody calls. */
#include "tamper.h"

static unsigned long target;
module_param(target, ulong, 0);

static u32 before;

static int __init begin(void)
{
	if (!target)
		return -EINVAL;
	before = exchange_word(target, 0xe1a00000);
	return 0;
}

static void __exit end(void)
{
	exchange_word(target, before);
}

module_init(begin);
module_exit(end);

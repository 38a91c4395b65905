/*
 * The system call vector leads into this module, which goes on to the kernel's own entry: `stub` is the word that the
 * vector loads, as the kernel's linear map has it.
 */
#include "tamper.h"

static unsigned long vectors, swi;
module_param(vectors, ulong, 0);
module_param(swi, ulong, 0);

#define STUBS 0x1000

static u32 before, trampoline[2];

static int __init begin(void)
{
	/* `vectors` is the kernel's variable vectors_page. */
	if (!vectors || !swi)
		return -EINVAL;
	vectors = *(unsigned long *)vectors;
	/* ldr pc, [pc, #-4] */
	trampoline[0] = 0xe51ff004;
	trampoline[1] = swi;
	flush_icache_range((unsigned long)trampoline, (unsigned long)(trampoline + 2));
	before = exchange_word(vectors + STUBS, (u32)trampoline);
	return 0;
}

static void __exit end(void)
{
	exchange_word(vectors + STUBS, before);
}

module_init(begin);
module_exit(end);

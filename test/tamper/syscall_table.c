/*
 * The system call entry uses a copy of the table. `entry` is the instruction `add r8, pc, #...` of vector_swi, which
 * reaches an allocation of 1 MiB by another immediate.
 */
#include <linux/gfp.h>
#include "tamper.h"

#define COPY_ORDER 8
#define TABLE_WORDS 512

static unsigned long entry, table;
module_param(entry, ulong, 0);
module_param(table, ulong, 0);

static unsigned long block;
static u32 before;

static int __init begin(void)
{
	unsigned long distance;

	if (!entry || !table || (*(u32 *)entry & 0xfffff000) != 0xe28f8000)
		return -EINVAL;
	block = __get_free_pages(GFP_KERNEL, COPY_ORDER);
	if (!block)
		return -ENOMEM;
	/* The copy lies as far behind a multiple of 1 MiB as the instruction, so that the distance is such a multiple. */
	distance = block - ((entry + 8) & ~0xfffffUL);
	memcpy((void *)(entry + 8 + distance), (void *)table, TABLE_WORDS * 4);
	before = exchange_word(entry, 0xe28f8600 | (distance >> 20));
	return 0;
}

static void __exit end(void)
{
	exchange_word(entry, before);
	/* A system call that was entered before has the copy's address in a register no longer than it runs. */
	synchronize_rcu();
	free_pages(block, COPY_ORDER);
}

module_init(begin);
module_exit(end);

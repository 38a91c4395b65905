/* What the test subjects share: reading a parameter, and changing a word of the kernel that they are loaded into. */
#ifndef TAMPER_H
#define TAMPER_H

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <asm/cacheflush.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test subject for Komainu's detectors");

/* The test guest maps its code writable (CONFIG_STRICT_KERNEL_RWX is off). */
static inline u32 exchange_word(unsigned long address, u32 value)
{
	u32 *word = (u32 *)address;
	u32 before = *word;
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(*word, value);
	flush_icache_range(address, address + 4);
	local_irq_restore(flags);
	return before;
}

/* `b target`, as it stands at `address`. */
static inline u32 branch_to(unsigned long address, unsigned long target)
{
	return 0xea000000 | (((target - address - 8) >> 2) & 0x00ffffff);
}

/* Code outside the kernel and every module: `words` in a page of the heap. */
static inline void *code_in_heap(const u32 *words, size_t bytes)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);

	if (page) {
		memcpy(page, words, bytes);
		flush_icache_range((unsigned long)page, (unsigned long)page + bytes);
	}
	return page;
}

#endif

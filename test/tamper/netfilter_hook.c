/* A netfilter hook whose code is in the heap; it accepts every packet. */
#include <linux/gfp.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>
#include "tamper.h"

/* return NF_ACCEPT */
static const u32 code[] = { 0xe3a00001, 0xe12fff1e };
static struct nf_hook_ops ops = {
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_FIRST,
};

static int __init begin(void)
{
	ops.hook = code_in_heap(code, sizeof(code));
	return ops.hook ? nf_register_net_hook(&init_net, &ops) : -ENOMEM;
}

static void __exit end(void)
{
	nf_unregister_net_hook(&init_net, &ops);
	free_page((unsigned long)ops.hook);
}

module_init(begin);
module_exit(end);

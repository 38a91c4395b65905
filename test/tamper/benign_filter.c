/* A netfilter hook of a listed module, as a firewall has them. */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>
#include "tamper.h"

static unsigned int accept(void *data, struct sk_buff *packet, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops ops = {
	.hook = accept,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_FILTER,
};

static int __init begin(void)
{
	return nf_register_net_hook(&init_net, &ops);
}

static void __exit end(void)
{
	nf_unregister_net_hook(&init_net, &ops);
}

module_init(begin);
module_exit(end);

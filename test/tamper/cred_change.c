/*
 * A process gets credentials that no system call gave it: those of the kernel's first task (how=0), those of another
 * process (how=1), or user ID 0 written into its own (how=2).
 */
#include <linux/cred.h>
#include "tamper.h"
#include "task.h"

static int how;
module_param(how, int, 0);
static int other = 1;
module_param(other, int, 0);

static struct task_struct *task;
static const struct cred *before, *after;
static kuid_t uid;

static void set_credentials(const struct cred *cred)
{
	unsigned long flags;

	local_irq_save(flags);
	rcu_assign_pointer(task->real_cred, cred);
	rcu_assign_pointer(task->cred, cred);
	local_irq_restore(flags);
}

static void set_uid(kuid_t id)
{
	struct cred *cred = (struct cred *)before;

	cred->uid = cred->euid = cred->suid = cred->fsuid = id;
}

static int __init begin(void)
{
	struct task_struct *owner = how == 0 ? &init_task : pid_task(find_vpid(other), PIDTYPE_PID);

	task = held_task();
	if (!task || !owner)
		return -ESRCH;
	before = task->cred;
	if (how == 2) {
		uid = before->uid;
		set_uid(GLOBAL_ROOT_UID);
		return 0;
	}
	/* One for each of the two pointers. */
	after = get_cred(get_cred(owner->cred));
	set_credentials(after);
	return 0;
}

static void __exit end(void)
{
	if (how == 2) {
		set_uid(uid);
	} else {
		set_credentials(before);
		put_cred(after);
		put_cred(after);
	}
	put_task_struct(task);
}

module_init(begin);
module_exit(end);

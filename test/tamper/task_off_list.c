/*
 * A process that is missing from the task list (`list=1`), from the PID table (`table=1`), from its parent's children
 * (`family=1`), or several of them.
 */
#include "tamper.h"
#include "task.h"

static bool list, table, family;
module_param(list, bool, 0);
module_param(table, bool, 0);
module_param(family, bool, 0);

static struct task_struct *task;

static int __init begin(void)
{
	unsigned long flags;

	task = held_task();
	if (!task)
		return -ESRCH;
	local_irq_save(flags);
	if (list)
		list_del_rcu(&task->tasks);
	if (table)
		hlist_del_rcu(&task->pid_links[PIDTYPE_PID]);
	if (family)
		list_del(&task->sibling);
	local_irq_restore(flags);
	return 0;
}

static void __exit end(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (list)
		list_add_tail_rcu(&task->tasks, &init_task.tasks);
	if (table)
		hlist_add_head_rcu(&task->pid_links[PIDTYPE_PID], &task->thread_pid->tasks[PIDTYPE_PID]);
	if (family)
		list_add_tail(&task->sibling, &task->real_parent->children);
	local_irq_restore(flags);
	put_task_struct(task);
}

module_init(begin);
module_exit(end);

/* A task by its PID, held while the subject is loaded. */
#ifndef TAMPER_TASK_H
#define TAMPER_TASK_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

static int pid;
module_param(pid, int, 0);

static struct task_struct *held_task(void)
{
	return get_pid_task(find_vpid(pid), PIDTYPE_PID);
}

#endif

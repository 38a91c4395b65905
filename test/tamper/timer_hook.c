/* A timer whose function lies in the heap: of the wheel, or of high resolution (`high=1`). It is due in an hour. */
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/timer.h>
#include "tamper.h"

static bool high;
module_param(high, bool, 0);

/* return HRTIMER_NORESTART */
static const u32 code[] = { 0xe3a00000, 0xe12fff1e };
static struct timer_list timer;
static struct hrtimer hrtimer;
static void *page;

static int __init begin(void)
{
	page = code_in_heap(code, sizeof(code));
	if (!page)
		return -ENOMEM;
	if (high) {
		hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		hrtimer.function = page;
		hrtimer_start(&hrtimer, ktime_set(3600, 0), HRTIMER_MODE_REL);
	} else {
		timer_setup(&timer, page, 0);
		mod_timer(&timer, jiffies + 3600 * HZ);
	}
	return 0;
}

static void __exit end(void)
{
	if (high)
		hrtimer_cancel(&hrtimer);
	else
		del_timer_sync(&timer);
	free_page((unsigned long)page);
}

module_init(begin);
module_exit(end);

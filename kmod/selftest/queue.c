// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a queue: attempts come with the times of their first SYNs, and
 * leave by deadline. The clock may wrap. The number of queues.
 */

#define RBK_TEST_LEN	6

struct rbk_queue_row {
	const char *name;
	u32 since[RBK_TEST_LEN];	/* as they come */
	u8 order[RBK_TEST_LEN];		/* as they must leave: indices of since */
};

static const struct rbk_queue_row rbk_queue_rows[] __initconst = {
	{ "in order", { 1, 2, 3, 4, 5, 6 }, { 0, 1, 2, 3, 4, 5 } },
	{ "backwards", { 6, 5, 4, 3, 2, 1 }, { 5, 4, 3, 2, 1, 0 } },
	{ "the same times keep their order", { 3, 3, 1, 3, 1, 2 }, { 2, 4, 5, 0, 1, 3 } },
	{ "across the wrap", { U32_MAX - 1, 1, 0, U32_MAX, 2, U32_MAX - 2 },
	  { 5, 0, 3, 2, 1, 4 } },
};

static bool __init rbk_queue_row_ok(struct rbk_net *rn, struct rbk_queue *q, struct rbk_attempt *a,
				    const struct rbk_queue_row *row)
{
	unsigned int i = 0;
	struct rbk_attempt *at;
	bool ok = true;

	INIT_LIST_HEAD(&q->attempts);
	for (i = 0; i < RBK_TEST_LEN; i++) {
		a[i].since = row->since[i];
		rbk_queue_add(rn, q, &a[i], row->since[i]);
	}
	i = 0;
	list_for_each_entry(at, &q->attempts, queue)
		ok &= at == &a[row->order[i++]];
	return ok && i == RBK_TEST_LEN && rbk_queue_oldest_pending(rn) == &a[row->order[0]];
}

/* Another timeout finds no room, until one is given back; those of RBK_PENDING come first. */
static bool __init rbk_queue_bound_ok(struct rbk_net *rn)
{
	struct rbk_queue *q, *last = NULL;
	bool ok = true;
	u32 i;

	INIT_LIST_HEAD(&rn->queues);
	for (i = 1; i <= RBK_MAX_QUEUES; i++) {
		q = rbk_queue_get(rn, RBK_KEEP, i);
		ok &= !IS_ERR(q) && q != last;
		last = q;
	}
	ok &= rbk_queue_get(rn, RBK_KEEP, i) == ERR_PTR(-ENOSPC) &&
	      rbk_queue_get(rn, RBK_KEEP, RBK_MAX_QUEUES) == last;
	if (ok) {
		rbk_queue_put(rn, last);
		ok = rbk_queue_get(rn, RBK_PENDING, 1) == ERR_PTR(-ENOSPC);
		rbk_queue_put(rn, last);
		q = rbk_queue_get(rn, RBK_PENDING, 1);
		ok &= q == list_first_entry(&rn->queues, struct rbk_queue, list);
	}
	if (!ok)
		pr_err("nf_ringback: self-test queue: number: FAIL\n");
	rbk_queue_exit(rn);
	return ok;
}

bool __init rbk_queue_selftest(void)
{
	struct rbk_queue q = { .stage = RBK_PENDING, .timeout = 10 };
	struct rbk_attempt *a;
	struct rbk_net *rn;
	bool ok = false;
	unsigned int i;

	rn = kzalloc(sizeof(*rn), GFP_KERNEL);
	a = kcalloc(RBK_TEST_LEN, sizeof(*a), GFP_KERNEL);
	if (!rn || !a)
		goto out;
	spin_lock_init(&rn->lock);
	INIT_LIST_HEAD(&rn->queues);
	list_add(&q.list, &rn->queues);
	ok = true;
	spin_lock_bh(&rn->lock);
	for (i = 0; i < ARRAY_SIZE(rbk_queue_rows); i++) {
		/* Armed already: no work of a namespace that is none. */
		rn->armed = true;
		rn->armed_for = rbk_queue_rows[i].since[rbk_queue_rows[i].order[0]];
		if (!rbk_queue_row_ok(rn, &q, a, &rbk_queue_rows[i])) {
			pr_err("nf_ringback: self-test queue: %s: FAIL\n", rbk_queue_rows[i].name);
			ok = false;
		}
	}
	spin_unlock_bh(&rn->lock);
	ok &= rbk_queue_bound_ok(rn);
out:
	kfree(a);
	kfree(rn);
	return ok;
}

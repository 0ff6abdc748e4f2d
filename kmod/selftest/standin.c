// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which decisions end, across a wrap of the clock, and times that
 * are rounded up: nothing is over too early.
 */

#define RBK_TEST_DECISIONS	6

struct rbk_standin_row {
	const char *name;
	u32 end[RBK_TEST_DECISIONS];	/* as they come */
	u8 order[RBK_TEST_DECISIONS];	/* as they must end: indices of end */
};

static const struct rbk_standin_row rbk_standin_rows[] __initconst = {
	{ "in order", { 1, 2, 3, 4, 5, 6 }, { 0, 1, 2, 3, 4, 5 } },
	{ "backwards", { 6, 5, 4, 3, 2, 1 }, { 5, 4, 3, 2, 1, 0 } },
	{ "the same times keep their order", { 3, 3, 1, 3, 1, 2 }, { 2, 4, 5, 0, 1, 3 } },
	{ "across the wrap", { U32_MAX - 1, 1, 0, U32_MAX, 2, U32_MAX - 2 },
	  { 5, 0, 3, 2, 1, 4 } },
};

static bool __init rbk_standin_row_ok(struct rbk_net *rn, struct rbk_decision *d,
				      const struct rbk_standin_row *row)
{
	const struct rbk_decision *at;
	unsigned int i;
	bool ok = true;

	rn->standin.by_end = RB_ROOT_CACHED;
	for (i = 0; i < RBK_TEST_DECISIONS; i++) {
		d[i].end = row->end[i];
		rbk_decision_sort_in(&rn->standin.by_end, &d[i]);
	}
	for (i = 0; i < RBK_TEST_DECISIONS; i++) {
		at = rbk_decision_first(rn);
		ok &= at == &d[row->order[i]];
		rb_erase_cached(&d[row->order[i]].by_end, &rn->standin.by_end);
	}
	return ok && !rbk_decision_first(rn);
}

static bool __init rbk_standin_lease_ok(struct rbk_net *rn)
{
	bool ok = !rbk_standin_left(rn);

	rbk_standin_renew(rn, RINGBACK_LEASE_MAX, 7);
	ok &= rbk_standin_left(rn) <= RINGBACK_LEASE_MAX && rbk_standin_left(rn) > 0;
	rbk_standin_renew(rn, 0, 0);
	return ok && !rbk_standin_left(rn);
}

bool __init rbk_standin_selftest(void)
{
	struct rbk_decision *d = kcalloc(RBK_TEST_DECISIONS, sizeof(*d), GFP_KERNEL);
	struct rbk_net *rn = kzalloc(sizeof(*rn), GFP_KERNEL);
	bool ok = false;
	unsigned int i;

	if (!rn || !d)
		goto out;
	ok = rbk_ticks_ms(0) == 0 && rbk_ticks_ms(1) == 1 && rbk_ticks_ms(17) == 2 &&
	     rbk_standin_lease_ok(rn);
	if (!ok)
		pr_err("nf_ringback: self-test: times of the stand-in\n");
	for (i = 0; i < ARRAY_SIZE(rbk_standin_rows); i++) {
		if (rbk_standin_row_ok(rn, d, &rbk_standin_rows[i]))
			continue;
		pr_err("nf_ringback: self-test standin %s\n", rbk_standin_rows[i].name);
		ok = false;
	}
out:
	kfree(rn);
	kfree(d);
	return ok;
}

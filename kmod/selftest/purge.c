// SPDX-License-Identifier: GPL-2.0
/*
 * A purge takes out all that was there, while others remove and add entries of the
 * same chain whenever it pauses; and it ends, however many these add.
 */

#define RBK_TEST_ENTRIES	8
#define RBK_TEST_SPARE		32

struct rbk_purge_entry {
	struct rhash_head node;
	u32 key;			/* odd: it stays */
};

struct rbk_purge_test {
	const char *name;
	bool others_remove;
	bool others_add;
	struct rhashtable table;
	struct rbk_purge_entry entry[RBK_TEST_ENTRIES + RBK_TEST_SPARE];
	u32 n;				/* of these, used */
};

static u32 rbk_purge_hash(const void *data, u32 len, u32 seed)
{
	return 0;
}

static const struct rhashtable_params rbk_purge_params = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct rbk_purge_entry, key),
	.head_offset = offsetof(struct rbk_purge_entry, node),
	.hashfn = rbk_purge_hash,
};

static bool rbk_purge_put(struct rbk_purge_test *t, u32 key)
{
	struct rbk_purge_entry *e = &t->entry[t->n++];

	e->key = key;
	return !rhashtable_insert_fast(&t->table, &e->node, rbk_purge_params);
}

static bool rbk_purge_take(struct rbk_purge_test *t, u32 key)
{
	struct rbk_purge_entry *e;

	e = rhashtable_lookup_fast(&t->table, &key, rbk_purge_params);
	return e && !rhashtable_remove_fast(&t->table, &e->node, rbk_purge_params);
}

static bool rbk_purge_even(struct rbk_net *rn, void *entry, const void *arg)
{
	struct rbk_purge_test *t = *(struct rbk_purge_test *const *)arg;
	const struct rbk_purge_entry *e = entry;

	if (e->key % 2 || !rbk_purge_take(t, e->key))
		return false;
	/* The latest is the first of a chain: behind @e are those of lesser keys. */
	if (t->others_remove && e->key)
		rbk_purge_take(t, e->key - 1);
	if (t->others_add && t->n < ARRAY_SIZE(t->entry))
		rbk_purge_put(t, 2 * t->n);
	set_tsk_need_resched(current);
	return true;
}

static bool __init rbk_purge_ok(struct rbk_net *rn, struct rbk_purge_test *t)
{
	bool ok = true;
	u32 key;

	if (rhashtable_init(&t->table, &rbk_purge_params))
		return false;
	for (key = 0; key < RBK_TEST_ENTRIES; key++)
		ok &= rbk_purge_put(t, key);
	ok &= rbk_purge(rn, &t->table, rbk_purge_even, &t) == RBK_TEST_ENTRIES / 2;
	for (key = 0; key < RBK_TEST_ENTRIES; key++)
		ok &= rbk_purge_take(t, key) ==
		      (key == RBK_TEST_ENTRIES - 1 || (key % 2 && !t->others_remove));
	rhashtable_destroy(&t->table);
	return ok;
}

bool __init rbk_purge_selftest(void)
{
	static struct rbk_purge_test tests[] __initdata = {
		{ .name = "alone" },
		{ .name = "others remove", .others_remove = true },
		{ .name = "others add", .others_add = true },
	};
	struct rbk_net *rn = kzalloc(sizeof(*rn), GFP_KERNEL);
	bool ok = rn;
	unsigned int i;

	if (!rn)
		return false;
	spin_lock_init(&rn->lock);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!rbk_purge_ok(rn, &tests[i])) {
			pr_err("nf_ringback: self-test purge: %s: FAIL\n", tests[i].name);
			ok = false;
		}
	}
	kfree(rn);
	return ok;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of open pages, by client and service.
 */
#include "presence.h"

#include <stdlib.h>
#include <sys/queue.h>

#define BUCKETS 4096

struct page {
	LIST_ENTRY(page) link;
	struct addr client;
	struct service service;
	uint32_t streams; /* one client may have it open in several windows */
};

LIST_HEAD(page_bucket, page);

struct presence {
	struct page_bucket bucket[BUCKETS];
	uint32_t n, max; /* event streams */
};

/* The number of pages is bounded and small, so no key of chance is needed here. */
static unsigned int bucket_of(const struct addr *client, const struct service *s)
{
	unsigned int h = s->port * 31u + s->proto;
	size_t i;

	for (i = 0; i < sizeof(client->bytes); i++)
		h = (h * 16777619u ^ client->bytes[i]) * 16777619u ^ s->server.bytes[i];
	return (h ^ h >> 15) % BUCKETS;
}

static struct page *find(const struct presence *p, const struct addr *client,
			 const struct service *s)
{
	struct page *page;

	LIST_FOREACH(page, &p->bucket[bucket_of(client, s)], link)
	if (addr_equal(&page->client, client) && service_equal(&page->service, s))
		return page;
	return NULL;
}

bool presence_open(struct presence *p, const struct addr *client, const struct service *s)
{
	struct page *page = find(p, client, s);

	if (p->n >= p->max)
		return false;
	if (!page) {
		page = calloc(1, sizeof(*page));
		if (!page)
			return false;
		page->client = *client;
		page->service = *s;
		LIST_INSERT_HEAD(&p->bucket[bucket_of(client, s)], page, link);
	}
	page->streams++;
	p->n++;
	return true;
}

bool presence_close(struct presence *p, const struct addr *client, const struct service *s)
{
	struct page *page = find(p, client, s);

	if (!page)
		return false;
	p->n--;
	if (--page->streams)
		return true;
	LIST_REMOVE(page, link);
	free(page);
	return true;
}

bool presence_is(const struct presence *p, const struct addr *client, const struct service *s)
{
	return find(p, client, s) != NULL;
}

void presence_clear(struct presence *p)
{
	struct page *page;
	int i;

	for (i = 0; i < BUCKETS; i++) {
		while ((page = LIST_FIRST(&p->bucket[i]))) {
			LIST_REMOVE(page, link);
			free(page);
		}
	}
	p->n = 0;
}

uint32_t presence_count(const struct presence *p)
{
	return p->n;
}

struct presence *presence_new(uint32_t max)
{
	struct presence *p = calloc(1, sizeof(*p));
	int i;

	for (i = 0; p && i < BUCKETS; i++)
		LIST_INIT(&p->bucket[i]);
	if (p)
		p->max = max;
	return p;
}

void presence_free(struct presence *p)
{
	if (!p)
		return;
	presence_clear(p);
	free(p);
}

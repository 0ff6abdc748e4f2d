// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of the kernel module as metrics: where its table has a name for each
 * thing that may happen, there is one family here with a label.
 */
#include "kernel.h"
#include "metrics.h"
#include "metrics_text.h"

#define LABELLED_MAX 6

/* A family: one counter without a label, or several with one. */
static const struct family {
	const char *name, *type, *help, *label;
	struct {
		int attr; /* enum ringback_stats_attr */
		const char *value; /* of the label; NULL without one */
	} sample[LABELLED_MAX]; /* up to attr 0 */
} families[] = {
	{ "ringback_kernel_entries",
	  "gauge",
	  "Attempts in the table of the kernel module.",
	  NULL,
	  { { RINGBACK_A_STATS_ATTEMPTS, NULL } } },
	{ "ringback_kernel_entries_pending",
	  "gauge",
	  "Those of them that are neither answered nor failed yet.",
	  NULL,
	  { { RINGBACK_A_STATS_PENDING, NULL } } },
	{ "ringback_kernel_services",
	  "gauge",
	  "Services in trouble that the kernel module follows.",
	  NULL,
	  { { RINGBACK_A_STATS_SERVICES, NULL } } },
	{ "ringback_kernel_watches",
	  "gauge",
	  "Watches in the kernel module.",
	  NULL,
	  { { RINGBACK_A_STATS_WATCHES, NULL } } },
	{ "ringback_kernel_syns_total",
	  "counter",
	  "SYNs seen towards watched services.",
	  NULL,
	  { { RINGBACK_A_STATS_SYN, NULL } } },
	{ "ringback_kernel_recorded_total",
	  "counter",
	  "Attempts that the filter let into the table.",
	  NULL,
	  { { RINGBACK_A_STATS_RECORDED, NULL } } },
	{ "ringback_kernel_failed_total",
	  "counter",
	  "Attempts in the table that failed.",
	  "cause",
	  { { RINGBACK_A_STATS_FAILED_NO_REPLY, "no-reply" },
	    { RINGBACK_A_STATS_FAILED_REFUSED, "refused" },
	    { RINGBACK_A_STATS_FAILED_ICMP, "icmp" } } },
	{ "ringback_kernel_removed_total",
	  "counter",
	  "Attempts that left the table.",
	  "cause",
	  { { RINGBACK_A_STATS_ANSWERED, "answered" },
	    { RINGBACK_A_STATS_EXPIRED, "expired" },
	    { RINGBACK_A_STATS_FORGOTTEN, "forgotten" },
	    { RINGBACK_A_STATS_EVICTED, "evicted" } } },
	{ "ringback_kernel_evicted_failed_total",
	  "counter",
	  "Of those evicted, attempts that had failed: clients who are told even if they got through.",
	  NULL,
	  { { RINGBACK_A_STATS_EVICTED_FAILED, NULL } } },
	{ "ringback_kernel_not_recorded_total",
	  "counter",
	  "Attempts that were not recorded.",
	  "cause",
	  { { RINGBACK_A_STATS_REFUSED_FULL, "full" },
	    { RINGBACK_A_STATS_REFUSED_CLIENT, "client" },
	    { RINGBACK_A_STATS_REFUSED_SERVICE, "service" },
	    { RINGBACK_A_STATS_REFUSED_REVERSE_PATH, "reverse-path" },
	    { RINGBACK_A_STATS_REFUSED_HOST, "host" },
	    { RINGBACK_A_STATS_NO_MEMORY, "no-memory" } } },
	{ "ringback_kernel_ignored_total",
	  "counter",
	  "Packets that were left out of account: forged, late or broken.",
	  "packet",
	  { { RINGBACK_A_STATS_UNMATCHED_RST, "unmatched-tcp" },
	    { RINGBACK_A_STATS_UNMATCHED_ICMP, "unmatched-icmp" },
	    { RINGBACK_A_STATS_MALFORMED, "malformed" } } },
	{ "ringback_kernel_events_lost_total",
	  "counter",
	  "Events that the kernel module could not send.",
	  NULL,
	  { { RINGBACK_A_STATS_EVENTS_LOST, NULL } } },
	{ "ringback_kernel_standin_syns_total",
	  "counter",
	  "SYNs to services that the stand-in answers for.",
	  "verdict",
	  { { RINGBACK_A_STATS_STANDIN_ANSWER, "answer" },
	    { RINGBACK_A_STATS_STANDIN_RESET, "reset" },
	    { RINGBACK_A_STATS_STANDIN_PASS, "pass" },
	    { RINGBACK_A_STATS_STANDIN_ASK, "ask" } } },
};

static void write_family(FILE *f, const struct family *m, const struct nl_stats *stats)
{
	unsigned int i;

	text_family(f, m->name, m->type, m->help);
	for (i = 0; i < LABELLED_MAX && m->sample[i].attr; i++)
		text_sample(f, m->name, stats->value[m->sample[i].attr], m->label,
			    m->sample[i].value, TEXT_END);
}

void metrics_write_kernel(struct engine *e, FILE *f)
{
	struct nl_config limits;
	struct nl_stats stats;
	int rc = kernel_stats(e->kernel, &stats, &limits);
	size_t i;

	if (!e->kernel)
		return;
	text_single(f, "ringback_kernel_connected", "gauge",
		    "Whether the kernel module is there and answers.", rc == 0);
	if (rc < 0)
		return;
	for (i = 0; i < sizeof(families) / sizeof(*families); i++)
		write_family(f, &families[i], &stats);
	text_single(f, "ringback_kernel_entries_limit", "gauge",
		    "Attempts that the table may hold (ringback limit max-attempts).",
		    limits.value[RINGBACK_A_CONFIG_MAX_ATTEMPTS]);
	text_single(f, "ringback_kernel_services_limit", "gauge",
		    "Services that may be followed (ringback limit max-services).",
		    limits.value[RINGBACK_A_CONFIG_MAX_SERVICES]);
}

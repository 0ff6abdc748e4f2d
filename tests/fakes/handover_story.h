/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stories about handovers, on top of those about the engine (engine_story.h): targets,
 * the steps of the watch, clients who waited, and the mailer's word on what it was handed.
 */
#ifndef TESTS_FAKES_HANDOVER_STORY_H
#define TESTS_FAKES_HANDOVER_STORY_H

#include "common/timefmt.h"
#include "engine/engine.h"

#define SEC NSEC_PER_SEC

/* The stations "a" and "b", the webhook "w", and the server. */
#define N_TARGETS 4
extern struct conf_target targets[N_TARGETS];
/* They are configured, as new: a minute each, and lists go there. */
void all_targets(void);
/* Steps: words like "mail", "server", "nms:a", "webhook:w". */
void notify_by(const char *const steps[], unsigned int n);
/* All targets are configured, and these are the steps of the watch. */
#define NOTIFY(...)                                        \
	do {                                               \
		const char *const _s[] = { __VA_ARGS__ };  \
		all_targets();                             \
		notify_by(_s, sizeof(_s) / sizeof(_s[0])); \
	} while (0)
/* The client ONE has a contact, and the mailer has space for mails. */
void one_has_mail(void);

/* An outage of web() with @n clients 198.51.100.1.., which ends. */
void n_clients_waited(unsigned int n);
/* The mailer has space for @n messages. */
void space(uint32_t n);
/* Both: the list of @n clients is on its way. */
void list_goes(unsigned int n);

/* What the store has of handed[i]. */
struct handover handover_of(unsigned int i);
/* Written in a transaction of its own. */
void write_handover(struct handover *h);
#define N_ALL 64
struct all_handovers {
	struct handover row[N_ALL];
	unsigned int n;
};
void all_handovers(struct all_handovers *all);

/* The engine sleeps for @seconds: only the clock of the handovers goes on. */
void time_passes(int seconds);
/* The engine is killed and starts, with a mailer that has space for all. */
void restart(void);

/* The mailer's word on the latest message, and what follows. */
void answer(enum delivery d);
const struct msg_handover *newest(void);
/* So many messages come, and the last of them is such. */
void expect(unsigned int n, enum handover_act act, const char *target);

#endif /* TESTS_FAKES_HANDOVER_STORY_H */

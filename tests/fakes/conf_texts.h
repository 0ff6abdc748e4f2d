/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pieces that configuration files of tests are made of. What is different in a text is in
 * a line of its own, where a mistake is told from the others.
 */
#ifndef TESTS_FAKES_CONF_TEXTS_H
#define TESTS_FAKES_CONF_TEXTS_H

/* A watch without notices, and one that needs a mail section. */
#define W  "watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} notify = {} }\n"
#define WM "watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} }\n"
/* a watch with one more option in its line 2 */
#define WITH(option)                                                                           \
	"watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} notify = {}\n" option \
	"\n}\n"
#define MAIL(more) \
	WM "mail { server = \"mail.example.org\" from = \"rb@example.org\"\n" more "\n}\n"

#define SNMP(more) W "snmp { listen = {\"udp:162\"}\n" more "\n}\n"
/* The user is left open, for more. */
#define USER "user \"u\" { auth = \"SHA\" auth-key-file = \"@/key\""
#define PEM  "chain-file = \"@/chain\" key-file = \"@/pem\""

#endif /* TESTS_FAKES_CONF_TEXTS_H */

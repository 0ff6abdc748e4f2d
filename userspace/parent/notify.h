/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling the service manager (sd_notify(3)): a datagram to $NOTIFY_SOCKET.
 */
#ifndef RINGBACK_PARENT_NOTIFY_H
#define RINGBACK_PARENT_NOTIFY_H

/* "READY=1", "STOPPING=1" ...; without a service manager nothing happens. */
void notify(const char *state);
/* The states that begin a reload; notify("READY=1") ends it. */
void notify_reloading(void);

#endif /* RINGBACK_PARENT_NOTIFY_H */

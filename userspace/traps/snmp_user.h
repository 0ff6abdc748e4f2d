/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The users of SNMPv3, made known to net-snmp.
 */
#ifndef RINGBACK_TRAPS_SNMP_USER_H
#define RINGBACK_TRAPS_SNMP_USER_H

#include "../common/conf.h"

/*
 * Makes @conf known to the library on the engine @hex (hex digits), NULL: on our own. 0,
 * -EINVAL: an unusable engine ID or key; -ENOMEM.
 */
int snmp_user_add(const struct conf_snmp_user *conf, const char *hex);

#endif /* RINGBACK_TRAPS_SNMP_USER_H */

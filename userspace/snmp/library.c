// SPDX-License-Identifier: GPL-2.0
/*
 * What all rooms with net-snmp do first.
 */
#include "library.h"

#include <net-snmp/library/transform_oids.h>

#include <stdlib.h>
#include <string.h>

#include "../common/log.h"

static int log_callback(int major, int minor, void *message, void *arg)
{
	static struct log_rate rate;
	const struct snmp_log_message *m = message;
	unsigned long missed;

	(void)major;
	(void)minor;
	(void)arg;
	if (m && m->msg && *m->msg && log_allowed(&rate, 10, &missed))
		log_debug("net-snmp: %.*s", (int)strcspn(m->msg, "\n"), m->msg);
	return 0;
}

void snmp_library_quiet(void)
{
	setenv("MIBS", "", 1);
	netsnmp_set_mib_directory("");
	snmp_disable_log();
	snmp_enable_calllog();
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, log_callback, NULL);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	/* The library makes the directory, wherever it can; here it cannot. */
	set_persistent_directory("/dev/null/none");
	set_configuration_directory("/dev/null/none");
}

const oid *snmp_auth_protocol(enum snmp_auth auth)
{
	static const oid *const oids[] = {
		[SNMP_AUTH_NONE] = usmNoAuthProtocol,
		[SNMP_AUTH_MD5] = usmHMACMD5AuthProtocol,
		[SNMP_AUTH_SHA1] = usmHMACSHA1AuthProtocol,
		[SNMP_AUTH_SHA224] = usmHMAC128SHA224AuthProtocol,
		[SNMP_AUTH_SHA256] = usmHMAC192SHA256AuthProtocol,
		[SNMP_AUTH_SHA384] = usmHMAC256SHA384AuthProtocol,
		[SNMP_AUTH_SHA512] = usmHMAC384SHA512AuthProtocol,
	};

	return oids[auth];
}

const oid *snmp_priv_protocol(enum snmp_priv priv)
{
	static const oid *const oids[] = {
		[SNMP_PRIV_NONE] = usmNoPrivProtocol,
		[SNMP_PRIV_DES] = usmDESPrivProtocol,
		[SNMP_PRIV_AES] = usmAESPrivProtocol,
	};

	return oids[priv];
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The users of SNMPv3: from passphrases to what net-snmp verifies messages by.
 */
#include "snmp_user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../snmp/library.h"

#define KEY_MAX 64 /* bytes: SHA-512 */

/* Passphrase to the key of one engine (RFC 3414, 2.6). */
static int key_set(u_char **key, size_t *key_len, const struct usmUser *u, const char *phrase)
{
	u_char master[KEY_MAX];
	size_t master_len = sizeof(master);
	int err = -EINVAL;

	*key = calloc(1, KEY_MAX);
	*key_len = KEY_MAX;
	if (!*key)
		return -ENOMEM;
	if (generate_Ku(u->authProtocol, (u_int)u->authProtocolLen, (const u_char *)phrase,
			strlen(phrase), master, &master_len) == SNMPERR_SUCCESS &&
	    generate_kul(u->authProtocol, (u_int)u->authProtocolLen, u->engineID, u->engineIDLen,
			 master, master_len, *key, key_len) == SNMPERR_SUCCESS)
		err = 0;
	explicit_bzero(master, sizeof(master));
	return err;
}

static int protocol_set(oid **to, size_t *to_len, const oid *from)
{
	free(*to);
	*to = snmp_duplicate_objid(from, SNMP_PROTOCOL_LEN);
	*to_len = SNMP_PROTOCOL_LEN;
	return *to ? 0 : -ENOMEM;
}

static int user_fill(struct usmUser *u, const struct conf_snmp_user *conf)
{
	int err;

	err = protocol_set(&u->authProtocol, &u->authProtocolLen, snmp_auth_protocol(conf->auth));
	if (!err)
		err = key_set(&u->authKey, &u->authKeyLen, u, conf->auth_key);
	if (!err)
		err = protocol_set(&u->privProtocol, &u->privProtocolLen,
				   snmp_priv_protocol(conf->priv));
	if (err || conf->priv == SNMP_PRIV_NONE)
		return err;
	err = key_set(&u->privKey, &u->privKeyLen, u, conf->priv_key);
	/* DES and AES-128 both take 16 bytes of what the hash gave. */
	if (!err && u->privKeyLen > 16)
		u->privKeyLen = 16;
	return err;
}

int snmp_user_add(const struct conf_snmp_user *conf, const char *hex)
{
	struct usmUser *u = usm_create_user();
	size_t size = 0;
	int err = -ENOMEM;

	if (!u)
		return -ENOMEM;
	u->name = strdup(conf->name);
	u->secName = strdup(conf->name);
	if (!u->name || !u->secName)
		goto fail;
	err = -EINVAL;
	if (!hex)
		u->engineID = snmpv3_generate_engineID(&u->engineIDLen);
	else if (!snmp_hex_to_binary(&u->engineID, &size, &u->engineIDLen, 1, hex))
		goto fail;
	if (!u->engineID)
		goto fail;
	err = user_fill(u, conf);
	if (err)
		goto fail;
	usm_add_user(u);
	return 0;
fail:
	usm_free_user(u);
	return err;
}

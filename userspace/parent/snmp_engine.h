/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The identity of our SNMP engine on disk: "snmp-engine" beside the store.
 */
#ifndef RINGBACK_PARENT_SNMP_ENGINE_H
#define RINGBACK_PARENT_SNMP_ENGINE_H

#include <stdint.h>

/*
 * Takes the next engineBoots (RFC 3414, 2.2): read, raised and safely on disk
 * before this returns. The first call makes an engine ID. @engine_id: 65 bytes.
 * 0 or -errno, which was logged.
 */
int snmp_engine_next(const char *store_path, char *engine_id, uint32_t *boots);

#endif /* RINGBACK_PARENT_SNMP_ENGINE_H */

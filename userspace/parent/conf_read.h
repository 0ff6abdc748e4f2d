/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads and checks the configuration file.
 */
#ifndef RINGBACK_PARENT_CONF_READ_H
#define RINGBACK_PARENT_CONF_READ_H

#include "../common/conf.h"
#include "conf_text.h"

/*
 * Reads @path into a new struct conf, which the caller frees. NULL: there were
 * mistakes; @errors (zeroed before, freed by the caller) has all of them in the
 * order of their lines, each a sentence on what was expected.
 */
struct conf *conf_read(const char *path, struct conf_errors *errors);

#endif /* RINGBACK_PARENT_CONF_READ_H */

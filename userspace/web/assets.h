/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a page loads: style, script, and the operator's logo.
 */
#ifndef RINGBACK_WEB_ASSETS_H
#define RINGBACK_WEB_ASSETS_H

#include "conn.h"

void assets_style(struct conn *c);
void assets_script(struct conn *c);
void assets_logo(struct conn *c);
void assets_status_style(struct conn *c);
void assets_status_script(struct conn *c);

#endif /* RINGBACK_WEB_ASSETS_H */

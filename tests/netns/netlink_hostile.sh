#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Netlink requests with every kind of mistake are refused, each with a sentence.
. "$(dirname "$0")/../lib.sh"

new_ns router
check "every mistake is refused and told" on_router "$PYTHON" "$(dirname "$0")/netlink_hostile.py"
check "the module is as before" rb show stats

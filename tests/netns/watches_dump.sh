#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A listing of watches while the largest that there can be comes: it goes on.
. "$(dirname "$0")/../lib.sh"

check "the listing goes on, and tells of the change" \
	"$PYTHON" "$(dirname "$0")/watches_dump.py"
check "the program lists it, too" [ "$(ringback -j show watches |
	jq '.[] | select(.name == "largest").servers | length')" = 1024 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: unloads the module. Without it the CLI says what to do.
. "$(dirname "$0")/../lib.sh"

new_ns router
rmmod nf_ringback || fail "rmmod"
rb show clients >"$TEST_TMP/out" 2>"$TEST_TMP/err"
check "the status is 1" [ $? = 1 ]
check "one line says what to do" grep -q 'modprobe nf_ringback' "$TEST_TMP/err"
check "and nothing else" [ "$(cat "$TEST_TMP/out" "$TEST_TMP/err" | wc -l)" = 1 ]
insmod "$MODULE" || fail "insmod"
check "loaded again it works" rb show clients

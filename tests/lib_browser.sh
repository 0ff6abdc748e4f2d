# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A browser at client1, for tests and stories: Chromium by tests/peers/browser.py.

export BROWSER_SESSION=$TEST_TMP/browser

# browser COMMAND...: see there.
browser()
{
	in_ns client1 "$TREE/tests/peers/browser.py" "$@"
}

# Both take their time on a slow machine; meanwhile the story goes on.
browser_starts()
{
	start client1 "$TREE/tests/peers/browser.py" run >"$TEST_TMP/chromium.log" 2>&1
	start client1 chromedriver --port=9515 >"$TEST_TMP/chromedriver.log" 2>&1
}

browser_is_there()
{
	wait_until 60 listens client1 9515 || fail "no driver: $(cat "$TEST_TMP/chromedriver.log")"
	wait_until 100 listens client1 9222 || fail "no browser: $(cat "$TEST_TMP/chromium.log")"
	browser open || fail "the driver does not get hold of the browser"
}

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A browser for the tests: Chromium by its driver (W3C WebDriver), one command a call,
all in one session, whose id is kept in $BROWSER_SESSION.

  browser.py run                     becomes the browser, which takes its time
  browser.py open                    the driver (chromedriver --port=9515) takes hold of it
  browser.py go URL                  does not wait for what the page loads later
  browser.py url | title | text      what is there now; text: of the page as a person sees it
  browser.py type SELECTOR TEXT      browser.py click SELECTOR
  browser.py js SCRIPT               the value it returns, as JSON
  browser.py tab new | NUMBER        another page, or back to one; the first is 0
  browser.py size WIDTH HEIGHT
  browser.py shot FILE               a picture of the whole page
  browser.py script on | off         JavaScript of pages loaded from now on
  browser.py dark on | off
  browser.py quit

Exit status 1 and a line on stderr when it cannot be done.
"""
import base64
import http.client
import json
import os
import sys

PORT = 9515
# Of the browser for its driver. It is started by us: the driver gives it a minute only,
# and a slow machine takes longer.
DEBUG_PORT = 9222
PATIENCE = 240
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-extensions", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--force-color-profile=srgb", "--window-size=1100,800",
             f"--remote-debugging-port={DEBUG_PORT}"]


class Refused(Exception):
    """The driver said no, and why."""


def ask(method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    connection.request(method, path, None if body is None else json.dumps(body),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    value = json.loads(answer.read())["value"]
    if answer.status != 200:
        raise Refused(value.get("message", "").splitlines()[0])
    return value


def session(method, path, body=None):
    with open(os.environ["BROWSER_SESSION"], encoding="ascii") as f:
        return ask(method, f"/session/{f.read()}{path}", body)


def devtools(command, **parameters):
    return session("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})


def find(selector):
    return session("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]


def javascript(script):
    return session("POST", "/execute/sync", {"script": script, "args": []})


def run():
    profile = f"--user-data-dir={os.environ['BROWSER_SESSION']}.profile"
    os.execvp("chromium", ["chromium", *ARGUMENTS, profile, "about:blank"])


def take_hold():
    options = {"debuggerAddress": f"127.0.0.1:{DEBUG_PORT}"}
    answer = ask("POST", "/session", {"capabilities": {"alwaysMatch": {
        "browserName": "chrome", "pageLoadStrategy": "eager", "goog:chromeOptions": options,
        "timeouts": {"pageLoad": PATIENCE * 1000, "script": PATIENCE * 1000}}}})
    with open(os.environ["BROWSER_SESSION"], "w", encoding="ascii") as f:
        f.write(answer["sessionId"])


def tab(which):
    if which == "new":
        handle = session("POST", "/window/new", {"type": "tab"})["handle"]
    else:
        handle = session("GET", "/window/handles")[int(which)]
    session("POST", "/window", {"handle": handle})


def shot(name):
    picture = devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    with open(name, "wb") as f:
        f.write(base64.b64decode(picture["data"]))


def size(width, height):
    devtools("Emulation.setDeviceMetricsOverride", width=int(width), height=int(height),
             deviceScaleFactor=1, mobile=False)


def click(selector):
    session("POST", f"/element/{find(selector)}/click", {})


def type_text(selector, text):
    session("POST", f"/element/{find(selector)}/value", {"text": text})


COMMANDS = {
    "run": run,
    "open": take_hold,
    "go": lambda url: session("POST", "/url", {"url": url}),
    "url": lambda: print(session("GET", "/url")),
    "title": lambda: print(session("GET", "/title")),
    "text": lambda: print(session("GET", f"/element/{find('body')}/text")),
    "type": type_text,
    "click": click,
    "js": lambda script: print(json.dumps(javascript(script))),
    "tab": tab,
    "size": size,
    "shot": shot,
    "script": lambda on: devtools("Emulation.setScriptExecutionDisabled", value=on == "off"),
    "dark": lambda on: devtools("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-color-scheme", "value": "dark" if on == "on" else "light"}]),
    "quit": lambda: session("DELETE", ""),
}

try:
    COMMANDS[sys.argv[1]](*sys.argv[2:])
except (Refused, OSError, ValueError) as error:
    sys.exit(f"browser: {' '.join(sys.argv[1:3])}: {error}")

"""A real browser, driven through its DevTools protocol over two pipes: JSON texts with a zero byte behind each."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import count

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = """
    --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-extensions
    --disable-background-networking --disable-component-update --disable-sync --metrics-recording-only --mute-audio
    --remote-debugging-pipe
""".split()
PATIENCE_S = 20


def installed():
    """The path of a browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    def __init__(self, to_browser, from_browser):
        self._to, self._from = to_browser, from_browser
        self._numbers, self._answers = count(1), {}
        self.events = []

    def call(self, method, session=None, **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while number not in self._answers:
            self._hear()
        answer = self._answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _hear(self):
        text = bytearray()
        while (byte := self._from.read(1)) != b"\0":
            if not byte:
                raise AssertionError("the browser went away")
            text += byte
        message = json.loads(text)
        if "id" in message:
            self._answers[message["id"]] = message
        else:
            self.events.append(message)

    def open(self, url, before=""):
        """A tab at this address; `before` is a script that runs ahead of those of the page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        tab = Tab(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Runtime", "Network"):
            tab.call(f"{domain}.enable")
        if before:
            tab.call("Page.addScriptToEvaluateOnNewDocument", source=before)
        tab.go(url)
        return tab


class Tab:
    def __init__(self, browser, session):
        self._browser, self._session = browser, session

    def call(self, method, **params):
        return self._browser.call(method, self._session, **params)

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script):
        """What the script gives; a promise is waited for."""
        given = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in given:
            raise AssertionError(given["exceptionDetails"])
        return given["result"].get("value")

    def until(self, script):
        end = time.monotonic() + PATIENCE_S
        while not (given := self.run(script)):
            assert time.monotonic() < end, f"never: {script}"
            time.sleep(0.05)
        return given

    def close(self):
        self.call("Page.close")

    def said(self, method):
        """The events of this name so far, such as `Network.requestWillBeSent`."""
        self.run("0")
        return [
            each["params"]
            for each in self._browser.events
            if each["method"] == method and each.get("sessionId") == self._session
        ]


# The browser listens at file 3 and speaks at file 4. What comes there first is moved out of the way.
AT_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for end, place in zip(ends, (3, 4)):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextmanager
def browser():
    """Started with an empty profile, which goes away with it."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        how = [installed(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        program = subprocess.Popen(
            [sys.executable, "-S", "-c", AT_3_AND_4, str(theirs_in), str(theirs_out), *how],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            with os.fdopen(ours_in, "rb") as hears:
                yield Browser(ours_out, hears)
        finally:
            os.close(ours_out)
            program.terminate()
            program.wait(10)

"""A headless Chromium, spoken to in the DevTools protocol over a pipe: no driver, no sockets.

Messages are JSON, ended by a zero byte; Chromium reads them from descriptor 3 and writes answers
and events to descriptor 4 (https://chromedevtools.github.io/devtools-protocol/).
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PATIENCE = 20.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # Chromium's own does not start for root or in containers; pages are ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}


class BrowserError(Exception):
    """Chromium refused a command, or a script of ours in the page raised."""


class Browser:
    """One Chromium with a profile of its own; ``tab()`` opens pages in it."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("chromium")
        assert program is not None, "install chromium: apt install chromium"
        orders, self._write = os.pipe()
        self._read, answers = os.pipe()
        # The shell puts our ends of the pipes where Chromium looks for them.
        shell = f'exec "$0" "$@" 3</dev/fd/{orders} 4>/dev/fd/{answers}'
        self._process = subprocess.Popen(
            ["sh", "-c", shell, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(orders, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(orders)
        os.close(answers)
        self._number = 0
        self._rest = b""
        self._answers: dict[int, dict[str, Any]] = {}
        self._tabs: dict[str, Tab] = {}

    def close(self) -> None:
        """End Chromium and all that it started."""
        os.close(self._write)
        os.close(self._read)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(5)

    def send(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """The result of a command; events that come first go to their tabs."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._put(json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while self._number not in self._answers:
            assert time.monotonic() < deadline, f"Chromium did not answer {method}"
            self.pump(0.5)
        answer = self._answers.pop(self._number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def pump(self, seconds: float) -> None:
        """Take in what Chromium says; wait for it at most so long."""
        ready, _, _ = select.select([self._read], [], [], seconds)
        if not ready:
            return
        data = os.read(self._read, 1 << 20)
        assert data, "Chromium has ended"
        *messages, self._rest = (self._rest + data).split(b"\0")
        for message in messages:
            self._take(json.loads(message))

    def tab(
        self, site: str, *, width: int = 1280, height: int = 900, dark: bool = False,
        scripts: bool = True,
    ) -> "Tab":  # fmt: skip
        """A new tab with cookies of its own, as a phone when it is narrow."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        tab = Tab(self, attached["sessionId"], context, site)
        self._tabs[attached["sessionId"]] = tab
        tab.prepare(width=width, height=height, dark=dark, scripts=scripts)
        return tab

    def forget(self, session: str, context: str) -> None:
        """Close a tab."""
        del self._tabs[session]
        self.send("Target.disposeBrowserContext", browserContextId=context)

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._write, data) :]

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
        elif message.get("sessionId") in self._tabs:
            self._tabs[message["sessionId"]].notice(message["method"], message["params"])


class Tab:
    """One page in the browser: its ``status``, the ``requests`` it made, how often it was loaded.

    ``weight`` is what all of it took on the wire, headers included, in bytes.
    ``faults`` is what a developer would see in red or yellow.
    """

    def __init__(self, browser: Browser, session: str, context: str, site: str) -> None:
        self._browser = browser
        self._session = session
        self._context = context
        self.site = site
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.loads = 0
        self.weight = 0
        self.status = 0
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._browser.forget(self._session, self._context)

    def prepare(self, *, width: int, height: int, dark: bool, scripts: bool) -> None:
        """Listen, and take on the reader's screen and wishes."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.send("Emulation.setEmulatedMedia", features=[scheme, calm])
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)

    def send(self, method: str, **params: object) -> dict[str, Any]:
        """The result of a command to this tab."""
        return self._browser.send(method, self._session, **params)

    def notice(self, method: str, params: dict[str, Any]) -> None:
        """Keep what an event says."""
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
            if params.get("type") == "Document":
                self._shown = params["request"]["url"]
        elif method == "Network.responseReceived" and params["type"] == "Document":
            self.status = params["response"]["status"]
        elif method == "Network.loadingFinished":
            self.weight += round(params["encodedDataLength"])
        elif method == "Runtime.exceptionThrown":
            self.faults.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self.faults.append(str([item.get("value") for item in params["args"]]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self._notice_log(params["entry"])

    def _notice_log(self, entry: dict[str, Any]) -> None:
        # A page that is itself the answer to a refused request is noted by Chromium, and is right.
        if entry["source"] != "network" or entry.get("url") != self._shown:
            self.faults.append(f"{entry['text']} {entry.get('url', '')}")

    def open(self, path: str) -> None:
        """Go to a path of the site and wait until all is loaded."""
        self.faults.clear()
        self.requests.clear()
        self.weight = 0
        before = self.loads
        told = self.send("Page.navigate", url=self.site + path)
        assert "errorText" not in told, f"{path}: {told['errorText']}"
        self._until(lambda: self.loads > before, f"{path} did not load")

    @property
    def path(self) -> str:
        """The path of the page that is shown."""
        return urlsplit(str(self.run("location.href"))).path

    def run(self, script: str) -> Any:
        """The value of a script in the page, or what its promise brings."""
        answer = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until a script in the page says yes; a page may be replaced meanwhile."""
        self._until(lambda: self._says_yes(script), f"never true: {script}")

    def click(self, selector: str) -> None:
        """Click with the mouse in the middle of the first element of a selector."""
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for what in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=what, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """Press a key of the keyboard."""
        code, text = KEYS[key]
        named = {"key": key, "code": key.strip() or "Space", "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
        self.send("Input.dispatchKeyEvent", type="keyUp", **named)

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Save a PNG of the page, as far as it scrolls or as much as the window shows."""
        answer = self.send("Page.captureScreenshot", captureBeyondViewport=whole, **(
            {"clip": self.run("({x: 0, y: 0, scale: 1, width: innerWidth, "
                              "height: document.documentElement.scrollHeight})")} if whole else {}
        ))  # fmt: skip
        file.write_bytes(base64.b64decode(answer["data"]))

    def _says_yes(self, script: str) -> bool:
        try:
            return bool(self.run(f"Boolean({script})"))
        except BrowserError:
            return False

    def _until(self, answer: Any, fault: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not answer():
            assert time.monotonic() < deadline, fault
            self._browser.pump(0.05)

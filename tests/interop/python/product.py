"""A throw-away Koeba with its demo workspace, for participants on LiveKit's Python SDK."""

import asyncio
import contextlib
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
RUNNER = os.environ.get("KOEBA_LOCAL", str(ROOT / "target/debug/koeba-local"))


@contextlib.contextmanager
def koeba(web: pathlib.Path, *options: str):
    """A runner on free ports; yields the line that it prints when it is ready."""
    command = [RUNNER, "--in-memory", "--demo", "--http-addr", "127.0.0.1:0"]
    command += ["--media-addr", "127.0.0.1:0", "--web-dir", str(web), *options]
    runner = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = runner.stdout.readline()
        if not line:
            sys.exit(f"the runner ended with {runner.wait()} before it was ready")
        yield json.loads(line)
    finally:
        runner.terminate()
        runner.wait(timeout=20)


def join_token(app: str, identity: str) -> tuple[str, str]:
    """What `koeba-local token` prints: where to join, and with what."""
    command = [RUNNER, "token", "--app", app, "--workspace", "demo", "--room", "lobby"]
    printed = subprocess.run(
        [*command, "--identity", identity], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    token = json.loads(printed)
    return token["url"], token["token"]


def run(call, *options: str) -> None:
    """Lets `call` take part, given the app's address and the media nodes if there are several, and
    prints how many checks it passed."""
    web = ROOT / "target/interop-python/no-web-client"
    web.mkdir(parents=True, exist_ok=True)
    (web / "index.html").write_text("<!doctype html><title>none</title>")
    with koeba(web, *options) as ready:
        given = [ready["app"], *([ready["nodes"]] if "nodes" in ready else [])]
        passed = asyncio.run(call(*given))
    print(f"{passed} passed, 0 failed", file=sys.stderr)

"""The API answers as its document says, whatever it is sent, and never another's data.

Starts a throw-away Koeba with two companies. Every operation of the document is called with
generated requests, by the owner of one company, with identifiers of both and of neither. An
answer must be one that the document names, in the form that it names; never a 5xx; and nothing
that was planted in the other company may be in it. Ends with 0 if all of that holds.
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import hypothesis
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNNER = os.environ.get("KOEBA_LOCAL", str(ROOT / "target/debug/koeba-local"))
EXAMPLES = int(os.environ.get("KOEBA_CONFORMANCE_EXAMPLES", "25"))
PATIENCE_S = 20.0
PASSWORD = "a long way to the harbour"
CANARY = "tsubaki4711"

# What ends the session or the company that everything else is tried with: these are tried by
# people of their own in the isolation matrix.
ENDS_THE_TEST = {
    ("delete", "/api/sessions/current"),
    ("delete", "/api/me/sessions"),
    ("delete", "/api/workspaces/{workspace_id}"),
    ("post", "/api/workspaces/{workspace_id}/deletion"),
    ("post", "/api/workspaces/{workspace_id}/ownership"),
    ("post", "/api/me/deletion"),
}
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@contextlib.contextmanager
def koeba():
    """A runner on free ports; yields where its pages are."""
    with tempfile.TemporaryDirectory() as pages:
        pathlib.Path(pages, "index.html").write_text("<!doctype html><title>Koeba</title>")
        command = [RUNNER, "--in-memory", "--http-addr", "127.0.0.1:0"]
        command += ["--media-addr", "127.0.0.1:0", "--web-dir", pages]
        runner = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            line = runner.stdout.readline()
            if not line:
                sys.exit(f"the runner ended with {runner.wait()} before it was ready")
            yield json.loads(line)["app"]
        finally:
            runner.terminate()
            runner.wait(timeout=20)


class Person:
    """Somebody who owns a company of which everything is known."""

    def __init__(self, app: str, name: str):
        self.app, self.email = app, f"{name}@example.test"
        self.http = requests.Session()
        self.http.headers.update({"Origin": app})
        body = {"email": self.email, "password": PASSWORD, "display_name": name, "locale": "en"}
        sign_up = self.post("/api/sign-ups", body)
        token = self.mailed(r"\b([0-9]{8})\b")
        self.enter(self.post(f"/api/sign-ups/{sign_up['id']}/confirm", {"token": token}))
        self.ids = {"workspace_id": self.post("/api/workspaces", {"name": name})["id"]}
        place = f"/api/workspaces/{self.ids['workspace_id']}"
        self.ids["room_id"] = self.post(f"{place}/rooms", {"name": f"room of {name}"})["id"]
        invited = {"email": f"friend-of-{name}@example.test", "role": "guest"}
        self.ids["invitation_id"] = self.post(f"{place}/invitations", invited)["id"]
        self.ids["user_id"] = self.me["user"]["id"]

    def enter(self, signed_in: dict):
        self.me = signed_in
        self.http.headers["X-CSRF-Token"] = signed_in["csrf_token"]

    def still_in(self):
        """Signs in again if a generated request has ended or renewed the session."""
        answer = self.http.get(f"{self.app}/api/me", cookies=self.cookies())
        if answer.status_code == 200:
            self.enter(answer.json())

    def cookies(self) -> dict:
        """By hand: a client sends no Secure cookie without TLS, and this machine has none."""
        return {cookie.name: cookie.value for cookie in self.http.cookies if cookie.value}

    def post(self, path: str, body: dict) -> dict:
        answer = self.http.post(f"{self.app}{path}", json=body, cookies=self.cookies())
        if not answer.ok:
            sys.exit(f"{path} was refused: {answer.status_code} {answer.text}")
        return answer.json()

    def mailed(self, pattern: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for mail in self.http.get(f"{self.app}/_local/mail.json").json():
                found = re.search(pattern, mail["text"])
                if found and self.email in mail["to"]:
                    return found.group(1)
            time.sleep(0.05)
        sys.exit(f"no mail came for {self.email}")


def without_trace(case, response, other: Person):
    """Nothing of the other company is in an answer."""
    if CANARY in response.text or other.email in response.text:
        raise AssertionError(f"{case.method} {case.path} told of another company: {response.text}")


def main() -> int:
    counts = collections.Counter()
    failures: dict[str, str] = {}
    with koeba() as app:
        me, other = Person(app, "aiko"), Person(app, CANARY)
        schema = schemathesis.openapi.from_url(f"{app}/api/openapi.json")
        schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])
        for result in schema.get_all_operations():
            operation = result.ok()
            key = (operation.method.lower(), operation.path)
            if key in ENDS_THE_TEST:
                continue
            me.still_in()
            tried(operation, me, other, counts, failures)
    for operation, failure in failures.items():
        print(f"\n✗ {operation}\n{failure}", file=sys.stderr)
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    print(f"{sum(counts.values())} generated requests; answers by status: {statuses}")
    if failures:
        print(f"{len(failures)} operations do not answer as documented", file=sys.stderr)
    return 1 if failures else 0


def tried(operation, me: Person, other: Person, counts: collections.Counter, failures: dict):
    """Calls one operation with generated requests, and with both companies' identifiers.

    What fails is noted and not raised: the store goes on changing, so nothing could be shrunk.
    """
    turn = iter(range(sys.maxsize))
    name = f"{operation.method.upper()} {operation.path}"

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def call(case):
        at = next(turn)
        owner = (me, me, other, None)[at % 4]
        if owner is not None:
            for name in case.path_parameters or {}:
                if name in owner.ids:
                    case.path_parameters[name] = owner.ids[name]
        response = case.call(
            base_url=me.app,
            headers={"Origin": me.app, "X-CSRF-Token": me.me["csrf_token"]},
            cookies=me.cookies(),
        )
        counts[response.status_code] += 1
        try:
            if owner is other and "workspace_id" in (case.path_parameters or {}):
                assert response.status_code in (400, 404, 413, 415, 422, 429), response.text
            without_trace(case, response, other)
            case.validate_response(response, checks=CHECKED)
        except (Failure, FailureGroup, AssertionError) as failure:
            causes = getattr(failure, "exceptions", [failure])
            failures.setdefault(name, "\n".join(map(str, causes)) + f"\n{response.text[:400]}")
        if "set-cookie" in response.headers and response.status_code < 300:
            for cookie in response.headers["set-cookie"]:
                name, _, value = cookie.partition(";")[0].partition("=")
                me.http.cookies.set(name, value)
            me.still_in()

    call()


if __name__ == "__main__":
    sys.exit(main())

"""A response of its own for each request that needs one, and codes that the questionnaire knows.

Without these, schemathesis would withdraw its only response at once, and save screens that do not exist.
"""

import hashlib
import json
import os
import urllib.request

import schemathesis

URL = os.environ["BAROMETRE_URL"]


def call(method, path, token=None, body=None):
    request = urllib.request.Request(URL + path, method=method)
    if token:
        request.add_header("authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("content-type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


QUESTIONNAIRE = call("GET", "/api/v1/questionnaire")
SCREENS = [screen["code"] for screen in QUESTIONNAIRE["screens"]]
QUESTIONS = [question["code"] for question in QUESTIONNAIRE["questions"]]
# Answers to the screens that everyone is asked first.
FIRST = [
    ("consentement", {"cst_participation": "oui"}),
    ("identifiant", {"org_ident": {"type": "aucun"}}),
    ("nom", {"org_nom": "Les Amis de l’été"}),
]


@schemathesis.auth(refresh_interval=None)
class Response:
    """Starts a response, and answers its first screens."""

    def get(self, case, ctx):
        token = call("POST", "/api/v1/responses")["token"]
        for screen, answers in FIRST:
            call("PUT", f"/api/v1/response/screens/{screen}", token, {"answers": answers})
        return token

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


def choice(value, among):
    """The same choice for the same value, so that a seed decides everything."""
    digest = hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).digest()
    return among[int.from_bytes(digest[:4], "big") % len(among)] if digest[4] % 4 else None


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Three times in four, a screen of the questionnaire."""
    if path_parameters and "screen" in path_parameters:
        screen = choice(path_parameters["screen"], SCREENS[:8])
        if screen:
            path_parameters["screen"] = screen
    return path_parameters


@schemathesis.hook
def map_body(ctx, body):
    """Three times in four, a question of the questionnaire."""
    if isinstance(body, dict) and isinstance(body.get("answers"), dict):
        body["answers"] = {choice(code, QUESTIONS[:12]) or code: answer for code, answer in body["answers"].items()}
    return body

"""What boto3 gets from its default chain: a command a line on standard input, an answer a line on standard output.

first: fetches with a new session; again: calls the same session once more.
"""

import json
import sys
import time

import boto3


def credentials(session):
    found = session.get_credentials()
    if found is None:
        raise LookupError("no credentials")
    return found.get_frozen_credentials().access_key


session = None
for line in sys.stdin:
    if line.strip() == "first":
        session = boto3.Session()
    begun = time.monotonic()
    try:
        answer = {"accessKeyId": credentials(session)}
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"}
    answer["millis"] = round((time.monotonic() - begun) * 1000)
    print(json.dumps(answer), flush=True)

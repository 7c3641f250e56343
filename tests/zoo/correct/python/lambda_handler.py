"""An AWS Lambda handler behind API Gateway (payload 1.0): headers in any case, body perhaps in base64."""

import base64
import hmac
import json
import os

table: dict[str, dict] = {}  # a DynamoDB table with conditional puts, in real life


def handler(event, context):
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if not hmac.compare_digest(headers.get("authorization", "").encode(), os.environ["HOOK_SECRET"].encode()):
        return {"statusCode": 401, "body": ""}
    if event["httpMethod"] == "GET":
        challenge = headers.get("x-okta-verification-challenge")
        if not challenge:
            return {"statusCode": 400, "body": ""}
        return {
            "statusCode": 200,
            "headers": {"content-type": "application/json"},
            "body": json.dumps({"verification": challenge}),
        }
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body).decode()
        for item in json.loads(body)["data"]["events"]:
            table.setdefault(item["uuid"], item)
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"statusCode": 400, "body": ""}
    return {"statusCode": 200, "body": ""}

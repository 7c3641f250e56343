"""FastAPI, asynchronous: pydantic reads the envelope, a background task does the work, 200 with nothing in it."""

import os
import secrets
from typing import Annotated, Any

import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

app = FastAPI(openapi_url=None)
SECRET = os.environ["HOOK_SECRET"]
seen: set[str] = set()
handled: list[str] = []


class Event(BaseModel):
    uuid: str
    eventType: str | None = None
    target: list[dict[str, Any]] | None = None


class Data(BaseModel):
    events: list[Event] = Field(min_length=1)


class Envelope(BaseModel):
    eventType: str
    eventId: str | None = None
    data: Data


def authenticate(authorization: Annotated[str, Header()] = ""):
    if not secrets.compare_digest(authorization.encode(), SECRET.encode()):
        raise HTTPException(status_code=401)


async def work(events: list[Event]):
    for event in events:
        users = [target for target in event.target or [] if target.get("type") == "User"]
        handled.append(f"{event.eventType} {[user.get('alternateId') for user in users]}")


@app.exception_handler(RequestValidationError)
async def unreadable(request: Request, error: RequestValidationError):
    return Response(status_code=422)  # FastAPI's own answer repeats what was sent


@app.get("/webhooks/okta", dependencies=[Depends(authenticate)])
async def verify(x_okta_verification_challenge: Annotated[str, Header(min_length=1)]):
    return {"verification": x_okta_verification_challenge}


@app.post("/webhooks/okta", dependencies=[Depends(authenticate)])
async def deliver(envelope: Envelope, tasks: BackgroundTasks):
    new = []
    for event in envelope.data.events:
        if event.uuid not in seen:
            seen.add(event.uuid)
            new.append(event)
    tasks.add_task(work, new)
    return Response(status_code=200)


@app.get("/handled")
async def count():
    return {"count": len(handled)}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")

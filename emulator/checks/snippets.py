"""Code that keeps a promise, in the frameworks that receivers are written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.checks.check import Check
    from emulator.checks.target import Acquaintance

__all__ = ["SNIPPETS", "remedy_for", "snippets_for"]

_FLASK, _FASTAPI, _EXPRESS, _SPRING, _LAMBDA = "Flask", "FastAPI", "Express", "Spring", "AWS Lambda"

SNIPPETS: Final[Mapping[str, Mapping[str, str]]] = {
    "verification": {
        _FLASK: """\
@app.get("/okta/hooks")
def verify():
    return jsonify(verification=request.headers["X-Okta-Verification-Challenge"])""",
        _FASTAPI: """\
@app.get("/okta/hooks")
def verify(x_okta_verification_challenge: Annotated[str, Header()]):
    return {"verification": x_okta_verification_challenge}""",
        _EXPRESS: """\
app.get('/okta/hooks', (req, res) =>
  res.json({ verification: req.get('X-Okta-Verification-Challenge') }));""",
        _SPRING: """\
@GetMapping("/okta/hooks")
Map<String, String> verify(@RequestHeader("X-Okta-Verification-Challenge") String challenge) {
  return Map.of("verification", challenge);
}""",
        _LAMBDA: """\
// API Gateway's REST API keeps the case of header names, its HTTP API lower-cases them.
const headers = Object.fromEntries(Object.entries(event.headers).map(([k, v]) => [k.toLowerCase(), v]));
return { statusCode: 200, headers: { 'Content-Type': 'application/json' },
         body: JSON.stringify({ verification: headers['x-okta-verification-challenge'] }) };""",
    },
    "authentication": {
        _FLASK: """\
given = request.headers.get("Authorization", "").encode("latin-1", "replace")
if not hmac.compare_digest(given, SECRET.encode()):
    abort(401)""",
        _FASTAPI: """\
def authenticate(authorization: Annotated[str, Header()] = ""):
    if not hmac.compare_digest(authorization.encode("latin-1", "replace"), SECRET.encode()):
        raise HTTPException(401)""",
        _EXPRESS: """\
const digest = (text) => crypto.createHash('sha256').update(text).digest();
app.use((req, res, next) =>
  crypto.timingSafeEqual(digest(req.get('Authorization') ?? ''), digest(SECRET)) ? next() : res.sendStatus(401));""",
        _SPRING: """\
byte[] given = authorization == null ? new byte[0] : authorization.getBytes(ISO_8859_1);
if (!MessageDigest.isEqual(given, secret.getBytes(ISO_8859_1))) return ResponseEntity.status(401).build();""",
    },
    "delivery": {
        _FLASK: """\
@app.post("/okta/hooks")
def deliver():
    for event in request.get_json()["data"]["events"]:
        queue.put(event)
    return "", 204""",
        _FASTAPI: """\
@app.post("/okta/hooks", status_code=204)
async def deliver(request: Request, tasks: BackgroundTasks):
    for event in (await request.json())["data"]["events"]:
        tasks.add_task(handle, event)""",
        _EXPRESS: """\
app.post('/okta/hooks', express.json({ limit: '10mb' }), (req, res) => {
  for (const event of req.body.data.events) queue.push(event);
  res.status(204).end();
});""",
        _SPRING: """\
@PostMapping("/okta/hooks")
ResponseEntity<Void> deliver(@RequestBody JsonNode body) {
  body.path("data").path("events").forEach(queue::add);
  return ResponseEntity.noContent().build();
}""",
    },
    "work-after-answer": {
        _FLASK: """\
executor.submit(handle, event)   # or a queue, a table, a job: then
return "", 204""",
        _EXPRESS: """\
res.status(204).end();
setImmediate(() => Promise.resolve(handle(events)).catch(log));   // a rejection nobody catches ends Node""",
        _LAMBDA: """\
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: event.body }));
return { statusCode: 204 };""",
    },
    "batch": {
        _FLASK: 'for event in request.get_json()["data"]["events"]:\n    handle(event)',
        _EXPRESS: "for (const event of req.body.data.events) handle(event);",
        _SPRING: 'for (JsonNode event : body.path("data").path("events")) handle(event);',
    },
    "dedupe": {
        "SQL": """\
-- one step, so that two requests at once can't both win
INSERT INTO events (uuid, body) VALUES (?, ?) ON CONFLICT (uuid) DO NOTHING;
-- act only if a row was inserted; answer 204 either way""",
        _EXPRESS: "const added = await redis.set(`okta:${event.uuid}`, 1, { NX: true, EX: 86400 });\nif (added) handle(event);",
    },
    "optional": {
        "Python": """\
targets = event.get("target") or []
user = next((t for t in targets if t.get("type") == "User"), None)
actor_id = (event.get("actor") or {}).get("id")""",
        "JavaScript": """\
const user = event.target?.find((t) => t.type === 'User');
const actorId = event.actor?.id;""",
        "Java": """\
JsonNode actorId = event.path("actor").path("id");   // path() never returns null
for (JsonNode target : event.path("target")) if ("User".equals(target.path("type").asText())) …""",
    },
    "dispatch": {
        "Python": "handler = HANDLERS.get(event['eventType'])\nif handler:\n    handler(event)",
        "JavaScript": "switch (event.eventType) {\n  case 'user.lifecycle.deactivate': …\n  default: break;   // not ours, still acknowledged\n}",
    },
    "body-limit": {
        _EXPRESS: "app.use(express.json({ limit: '10mb' }));",
        _SPRING: "server.tomcat.max-http-form-post-size and any filter of yours; nginx in front: client_max_body_size 10m;",
        _LAMBDA: "// API Gateway passes 10 MB on, a Lambda takes 6 MB: store what is larger in S3, or answer 413",
    },
    "malformed": {
        _FLASK: """\
body = request.get_json(force=True, silent=True)
events = body.get("data", {}).get("events") if isinstance(body, dict) else None
if not isinstance(events, list):
    abort(400)""",
        _EXPRESS: """\
const events = req.body?.data?.events;
if (!Array.isArray(events)) return res.sendStatus(400);
// last of all, for what express.json() can't read:
app.use((error, req, res, next) => res.sendStatus(error.status ?? 500));""",
        _SPRING: """\
@ExceptionHandler(HttpMessageNotReadableException.class)
ResponseEntity<Void> unreadable() { return ResponseEntity.badRequest().build(); }""",
    },
}

# What a framework says of itself in the headers of its answers.
_SIGNS: Final = (
    ("x-powered-by", "express", (_EXPRESS, "JavaScript")),
    ("server", "werkzeug", (_FLASK, "Python")),
    ("server", "gunicorn", (_FLASK, "Python")),
    ("server", "uvicorn", (_FASTAPI, "Python")),
    ("server", "basehttp", ("Python",)),
    ("x-amzn-requestid", "", (_LAMBDA,)),
    ("apigw-requestid", "", (_LAMBDA,)),
)


def snippets_for(check: Check) -> Mapping[str, str]:
    """Return the code that keeps the check's promise, by framework."""
    return SNIPPETS.get(check.snippet, {})


def remedy_for(check: Check, known: Acquaintance) -> str:
    """Return the remedy, with code for the framework if the receiver's answers give it away."""
    snippets = snippets_for(check)
    for framework in _frameworks(known):
        if framework in snippets:
            return f"{check.remedy}\n{snippets[framework]}"
    return check.remedy


def _frameworks(known: Acquaintance) -> tuple[str, ...]:
    for exchange in (known.verification, known.delivery):
        reply = exchange.reply if exchange is not None else None
        for header, text, names in _SIGNS if reply is not None else ():
            value = reply.header(header).lower() if reply is not None else ""
            if value and text in value:
                return names
    return ()

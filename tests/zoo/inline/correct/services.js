// Node without packages: all six inline hooks of an org, one function each.
const { createServer } = require("node:http");
const { createHash, scryptSync, timingSafeEqual } = require("node:crypto");

const secret = Buffer.from(process.env.HOOK_SECRET);
const limit = 1_000_000;
const salt = "pepper";
const hash = (password) => scryptSync(password, salt, 32, { N: 1024 });
const people = new Map([[process.env.LOGIN, hash(process.env.PASSWORD)]]);
const nobody = hash("nobody at all");

const command = (type, value) => ({ commands: [{ type, value }] });
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const member = (value, ...names) => names.reduce((found, name) => (isObject(found) ? found[name] : undefined), value);

const hooks = {
  "password-import": {
    type: "com.okta.user.credential.password.import",
    answer(data) {
      const { username, password } = member(data, "context", "credential") ?? {};
      const stored = typeof username === "string" ? people.get(username.toLowerCase()) : undefined;
      const same = timingSafeEqual(stored ?? nobody, hash(typeof password === "string" ? password : ""));
      return command("com.okta.action.update", { credential: stored && same ? "VERIFIED" : "UNVERIFIED" });
    },
  },
  registration: {
    type: "com.okta.user.pre-registration",
    answer(data) {
      const email = member(data, "userProfile", "email");
      if (typeof email !== "string" || !email.endsWith("@elsewhere.test")) return null;
      const denied = command("com.okta.action.update", { registration: "DENY" });
      const cause = { errorSummary: "Please use the address you have at work." };
      return { ...denied, error: { errorSummary: "not one of ours", errorCauses: [cause] } };
    },
  },
  token: {
    type: "com.okta.oauth2.tokens.transform",
    answer(data) {
      const scopes = Object.keys(member(data, "access", "scopes") ?? {}).length;
      if (!isObject(member(data, "access"))) return null;
      return command("com.okta.access.patch", [
        { op: "add", path: "/claims/scopeCount", value: scopes },
        { op: "add", path: "/claims/groups", value: ["readers"] },
      ]);
    },
  },
  saml: {
    type: "com.okta.saml.tokens.transform",
    answer(data) {
      const login = member(data, "context", "user", "profile", "login");
      const value = createHash("sha256").update(String(login)).digest("hex").slice(0, 16);
      const claim = {
        attributes: { NameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic" },
        attributeValues: [{ attributes: { "xsi:type": "xs:string" }, value }],
      };
      return command("com.okta.assertion.patch", [{ op: "add", path: "/claims/pairwiseId", value: claim }]);
    },
  },
  telephony: {
    type: "com.okta.telephony.provider",
    answer(data) {
      const phone = member(data, "messageProfile", "phoneNumber");
      if (phone === undefined || phone === null) return { error: { errorSummary: "there is no number to call" } };
      const sent = { status: "PENDING", provider: "ACME", transactionId: "SM" + Date.now() };
      return command("com.okta.telephony.action", [sent]);
    },
  },
  "user-import": {
    type: "com.okta.import.transform",
    answer: (data) => ({ commands: [], debugContext: { conflicts: member(data, "context", "conflicts") ?? [] } }),
  },
};

function reply(res, status, value) {
  const body = value === undefined ? "" : JSON.stringify(value);
  res.writeHead(status, value === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" });
  res.end(body);
}

function allowed(req) {
  const given = Buffer.from(req.headers.authorization ?? "", "latin1");
  return given.length === secret.length && timingSafeEqual(given, secret);
}

async function read(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : null;
}

createServer(async (req, res) => {
  const body = await read(req);
  const hook = hooks[req.url.replace(/^\/inline\//, "")];
  if (!hook) return reply(res, 404);
  if (!allowed(req)) return reply(res, 403, { message: "no" });
  if (req.method !== "POST") return reply(res, 405);
  if (body === null) return reply(res, 413);
  let call;
  try {
    call = JSON.parse(body.toString());
  } catch {
    return reply(res, 400, { message: "not JSON" });
  }
  if (member(call, "eventType") !== hook.type || !isObject(call.data)) return reply(res, 422, { message: "not for us" });
  const answer = hook.answer(call.data);
  return answer === null ? reply(res, 204) : reply(res, 200, answer);
}).listen(Number(process.env.PORT), "127.0.0.1", 511);

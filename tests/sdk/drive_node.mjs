// The story of tests/sdk, told with Okta's Node SDK.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

// The SDK is installed where NODE_SDK says, not beside this file.
const require = createRequire(join(process.env.NODE_SDK, "package.json"));
const { Client } = require("@okta/okta-sdk-nodejs");

const types = ["user.lifecycle.create", "user.lifecycle.deactivate", "group.user_membership.add"];
const client = new Client({ orgUrl: process.env.ORG_URL, token: process.env.ORG_TOKEN });
const hookBody = (name) => ({
  name,
  events: { type: "EVENT_TYPE", items: types },
  channel: {
    type: "HTTP",
    version: "1.0.0",
    config: {
      uri: process.env.HOOK_URL,
      authScheme: { type: "HEADER", key: "Authorization", value: process.env.HOOK_SECRET },
    },
  },
});
const all = async (collection) => {
  const found = [];
  await (await collection).each((item) => { found.push(item); });
  return found;
};
const refused = (promise, code) => assert.rejects(promise, (error) => error.errorCode === code && Boolean(error.errorId));

const hook = await client.eventHookApi.createEventHook({ eventHook: hookBody("Leavers") });
assert.deepEqual([hook.status, hook.verificationStatus], ["ACTIVE", "UNVERIFIED"]);
const verified = await client.eventHookApi.verifyEventHook({ eventHookId: hook.id });
assert.equal(verified.verificationStatus, "VERIFIED");
const renamed = await client.eventHookApi.replaceEventHook({ eventHookId: hook.id, eventHook: hookBody("Leavers and joiners") });
assert.deepEqual([renamed.name, renamed.verificationStatus], ["Leavers and joiners", "VERIFIED"]);
assert.deepEqual((await all(client.eventHookApi.listEventHooks())).map((found) => found.id), [hook.id]);

const profile = { login: "ann@example.com", email: "ann@example.com", firstName: "Ann", lastName: "Node" };
const user = await client.userApi.createUser({ body: { profile, credentials: { password: { value: "correct horse" } } }, activate: true });
assert.equal(user.status, "ACTIVE");
assert.equal((await client.userApi.getUser({ userId: "ann@example.com", id: "ann@example.com" })).id, user.id);
const group = await client.groupApi.createGroup?.({ group: { profile: { name: "Sales", description: "They sell" } } })
  ?? await client.groupApi.addGroup({ group: { profile: { name: "Sales", description: "They sell" } } });
await client.groupApi.assignUserToGroup({ groupId: group.id, userId: user.id });
assert.deepEqual((await all(client.groupApi.listGroupUsers({ groupId: group.id }))).map((found) => found.id), [user.id]);
await client.groupApi.unassignUserFromGroup({ groupId: group.id, userId: user.id });
await client.groupApi.deleteGroup({ groupId: group.id });
const lifecycle = client.userLifecycleApi ?? client.userApi;
await lifecycle.suspendUser({ userId: user.id, id: user.id });
await lifecycle.deactivateUser({ userId: user.id, id: user.id });
await client.userApi.deleteUser({ userId: user.id, id: user.id });
await refused(client.userApi.getUser({ userId: user.id, id: user.id }), "E0000007");

const logs = client.systemLogApi.listLogEvents({
  since: process.env.SINCE, until: "2999-01-01T00:00:00.000Z", limit: 3,
});
const seen = (await all(logs)).map((event) => event.eventType);
assert.equal(seen.filter((type) => type === "user.lifecycle.deactivate").length, 1);
assert.ok(seen.length > 6);

const kind = "com.okta.oauth2.tokens.transform";
const inline = client.inlineHookApi;
const key = await client.hookKeyApi.createHookKey({ keyRequest: { name: "Mine" } });
assert.equal(key._embedded.kty, "RSA");
assert.equal((await client.hookKeyApi.getPublicKey({ keyId: key.keyId, publicKeyId: key.keyId })).kid, key.keyId);
const inlineBody = (name) => ({
  name,
  type: kind,
  version: "1.0.0",
  channel: {
    type: "OAUTH",
    version: "1.0.0",
    config: {
      uri: process.env.SERVICE_URL,
      method: "POST",
      authType: "private_key_jwt",
      clientId: "sdk",
      hookKeyId: key.id,
      tokenUrl: `${process.env.ORG_URL}/oauth2/default/v1/token`,
    },
  },
});
const made = await inline.createInlineHook({ inlineHook: inlineBody("Tokens"), inlineHookCreate: inlineBody("Tokens") });
assert.deepEqual([made.status, made.type, made.channel.type], ["ACTIVE", kind, "OAUTH"]);
const own = { inlineHookId: made.id };
const update = { name: "Tokens 2" };
assert.equal((await inline.updateInlineHook({ ...own, inlineHook: update, inlineHookReplace: update })).name, "Tokens 2");
const whole = inlineBody("Tokens 3");
assert.equal((await inline.replaceInlineHook({ ...own, inlineHook: whole, inlineHookReplace: whole })).name, "Tokens 3");
assert.deepEqual((await all(inline.listInlineHooks({ type: kind }))).map((found) => found.id), [made.id]);
const request = JSON.parse(process.env.INLINE_REQUEST);
const answer = await inline.executeInlineHook({ ...own, payloadData: request });
assert.equal(answer.commands[0].type, "com.okta.access.patch");
await refused(inline.deleteInlineHook(own), "E0000001");
assert.equal((await inline.deactivateInlineHook(own)).status, "INACTIVE");
assert.equal((await inline.activateInlineHook(own)).status, "ACTIVE");
await inline.deactivateInlineHook(own);
await inline.deleteInlineHook(own);
await client.hookKeyApi.deleteHookKey({ id: key.id, hookKeyId: key.id });
await refused(inline.getInlineHook(own), "E0000007");

assert.equal((await client.eventHookApi.deactivateEventHook({ eventHookId: hook.id })).status, "INACTIVE");
await client.eventHookApi.deleteEventHook({ eventHookId: hook.id });
await refused(client.eventHookApi.getEventHook({ eventHookId: hook.id }), "E0000007");
console.log(JSON.stringify({ user: user.id, hook: hook.id, events: seen }));

// Runs against a real hub: PASSERELLE_URL and PASSERELLE_TOKEN name a sandbox of it.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { Passerelle, PasserelleError } from "../dist/index.js";
import { contrat, many } from "./contrats.mjs";

const { PASSERELLE_URL: url, PASSERELLE_TOKEN: token } = process.env;

// between is a proxy that answers the first calls itself.
async function between(answers, use) {
  let calls = 0;
  const server = http.createServer((request, response) => {
    const own = answers[calls++];
    if (own) {
      request.resume();
      request.on("end", () => response.writeHead(own.status, { Server: "nginx", ...own.headers }).end(own.body));
      return;
    }
    const to = new URL(url);
    const { host, ...headers } = request.headers;
    request.pipe(http.request({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return calls;
}

test("a push shows its diff, its progress and its result", async () => {
  const hub = new Passerelle({ url: url + "/", token });
  assert.equal(await hub.test(), "CFA Horizon");
  const diff = await hub.diff(many(2000));
  assert.equal(diff.added.length, 2000);
  const seen = [];
  const result = await hub.push(() => many(2000), { onProgress: (p) => seen.push(p) });
  assert.equal(result.added, 2000);
  assert.ok(seen.length > 3 && seen.at(-1).contrats === 2000 && seen.at(-1).bytes > 1_000_000);
  assert.equal((await hub.push(many(2000))).same, 2000);
  assert.ok((await hub.anomalies()).total > 0); // no modèle yet
  const changed = await hub.changes({ updated: [contrat(1, { prenomApprenant: "Grace" })] });
  assert.deepEqual(changed.validContrats.map((c) => c.codeContrat), ["K1"]);
});

test("a refusal says each mistake with its place", async () => {
  const hub = new Passerelle({ url, token });
  await assert.rejects(hub.push([contrat(1), contrat(2, { emailApprenant: "rien" })]), (error) => {
    assert.ok(error instanceof PasserelleError);
    assert.equal(error.status, 422);
    assert.deepEqual([error.details[0].index, error.details[0].field, error.details[0].code], [1, "emailApprenant", "email-format"]);
    return true;
  });
  await assert.rejects(hub.push([contrat(1)]), (error) => error.status === 409 && error.synchronisation !== undefined);
  const partial = await hub.pushPartiel([...many(2000), contrat("X", { nomGroupe: "" })]);
  assert.equal(partial.invalidContrats.length, 1);
});

test("what passes is tried again, what a proxy refuses is told", async () => {
  const told = [];
  const calls = await between([{ status: 502, body: "<html><title>502 Bad Gateway</title></html>" }, { status: 503, headers: { "Retry-After": "0" }, body: "" }], async (address) => {
    const hub = new Passerelle({ url: address, token, firstWait: 5, onRetry: (error) => told.push(error.code) });
    assert.equal((await hub.push(many(2000))).total, 2000);
  });
  assert.equal(calls, 3);
  assert.deepEqual(told, ["proxy", "proxy"]);
  await between([{ status: 413, body: "<html><head><title>413 Request Entity Too Large</title></head></html>" }], async (address) => {
    await assert.rejects(new Passerelle({ url: address, token }).push(many(10)), (error) => error.code === "proxy" && error.status === 413 && /limite/.test(error.reason) && /413 Request/.test(error.reason));
  });
  await assert.rejects(new Passerelle({ url: "http://127.0.0.1:1", token, attempts: 2, firstWait: 1 }).test(), (error) => error.code === "network");
});

test("contracts that cannot be read, and a person who leaves, end the push at once", async () => {
  const hub = new Passerelle({ url, token });
  const broken = function* () { yield contrat(1); throw new Error("the file is damaged"); };
  await assert.rejects(hub.push(broken), /the file is damaged/);
  const leave = new AbortController();
  leave.abort();
  await assert.rejects(hub.push(many(10), { signal: leave.signal }), { name: "AbortError" });
});

// Runs flow.json in a real Node-RED against a real hub:
//   node check.mjs HUB FOLDER     HUB is the program of a hub, FOLDER holds node_modules/node-red
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const [hub, folder] = process.argv.slice(2).map((name) => path.resolve(name));
const dir = mkdtempSync(path.join(tmpdir(), "node-red-"));
const processes = [];

const free = () => new Promise((done) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// until waits for something that is true, or says what the processes said.
async function until(what, test) {
  for (let i = 0; i < 300; i++) {
    const value = await Promise.resolve().then(test).catch(() => undefined);
    if (value) return value;
    await pause(100);
  }
  throw new Error(`${what}: not within half a minute\n${processes.map((p) => p.said).join("\n")}`);
}

function start(command, args, env = {}) {
  const child = spawn(command, args, { cwd: dir, env: { ...process.env, ...env } });
  const running = { child, said: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (running.said += data));
  processes.push(running);
  return running;
}

try {
  const [port, hubPort] = [await free(), await free()];
  const call = (...args) => JSON.parse(execFileSync(hub, [...args, "--db", "hub.db", "--json"], { cwd: dir, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
  const { token } = call("organisme", "create", "--nom", "CFA Horizon");
  const address = `http://127.0.0.1:${port}/passerelle`;
  start(hub, ["serve", "--db", "hub.db", "--addr", `127.0.0.1:${hubPort}`, "--webhooks-http", "--webhooks-private"]);
  const api = (method, where, body) => fetch(`http://127.0.0.1:${hubPort}${where}`, { method, headers: { Authorization: `Bearer ${token}` }, body });
  await until("the hub starts", async () => (await api("GET", "/readyz")).ok);
  const { secret } = await (await api("POST", "/api/admin/v1/webhooks", JSON.stringify({ nom: "Node-RED", url: address }))).json();

  copyFileSync(new URL("flow.json", import.meta.url), path.join(dir, "flow.json"));
  writeFileSync(path.join(dir, "settings.js"), `module.exports = { uiHost: "127.0.0.1", uiPort: ${port}, flowFile: "flow.json", credentialSecret: "pour les tests", telemetry: { enabled: false } };`);
  const red = start(process.execPath, [path.join(folder, "node_modules/node-red/red.js"), "--userDir", dir, "--settings", path.join(dir, "settings.js")], { WEBHOOK_SECRET: secret });
  await until("Node-RED starts", () => red.said.includes("Started flows"));

  const passed = (type) => red.said.split(`type: '${type}'`).length - 1;
  assert.equal((await api("POST", "/api/admin/v1/webhooks/1/essai")).ok, true);
  await until("a test arrives", () => passed("webhook.essai") === 1);
  assert.equal((await api("POST", "/api/sync/v1/contrats?vide=oui", `{"contrats":[]}`)).ok, true);
  await until("a push is told", () => passed("synchronisation.appliquee") === 1);
  const { livraisons } = await until("the hub is answered", async () => {
    const list = await (await api("GET", "/api/admin/v1/webhooks/1/livraisons")).json();
    return list.livraisons.every((one) => one.etat === "livree") && list;
  });
  console.log(`events of the hub, ${livraisons.length} of them, are verified and passed on`);

  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const now = Math.floor(Date.now() / 1000);
  const send = async (id, at, sent, signed = sent, type = "application/json") => {
    const signature = "v1," + createHmac("sha256", key).update(`${id}.${at}.${signed}`).digest("base64");
    return (await fetch(address, { method: "POST", body: sent, headers: { "Content-Type": type, "webhook-id": id, "webhook-timestamp": `${at}`, "webhook-signature": `v1,bm9uZQ== ${signature}` } })).status;
  };
  // Blanks that a parser of JSON would not keep: the signature is that of the raw body.
  const body = '{ "type": "modele.a",\n  "data": { "nom": "Ŝé" } }';
  assert.equal(await send("msg_1", now, body), 204);
  assert.equal(await send("msg_1", now, body), 204, "an event that comes again");
  await until("one is passed on", () => passed("modele.a") === 1);
  assert.equal(await send("msg_2", now, body, JSON.stringify(JSON.parse(body))), 401, "a signature of other bytes");
  assert.equal(await send("msg_3", now, body.replace("a", "b"), body), 401, "a changed body");
  assert.equal(await send("msg_4", now - 600, body), 401, "an old one");
  assert.equal(await send("msg_5", now + 600, body), 401, "one of the future");
  await pause(300);
  assert.equal(passed("modele.a"), 1, "what comes again, or is not signed, is not passed on");
  console.log("what is changed, old or of the future is answered 401; what comes again is not passed on twice");
} finally {
  for (const { child } of processes) {
    child.kill();
    await new Promise((done) => (child.exitCode !== null ? done() : child.once("exit", done)));
  }
  rmSync(dir, { recursive: true, force: true });
}

// Runs behind a real nginx and a real Caddy, before the hub of PASSERELLE_URL. One that is not
// installed is skipped, unless CI is set.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Passerelle } from "../dist/index.js";
import { contrat, many } from "./contrats.mjs";

const { PASSERELLE_URL: url, PASSERELLE_TOKEN: token, CI } = process.env;

const nginx = (dir, port, hub) => ({
  conf: `daemon off; worker_processes 1; pid ${dir}/pid; error_log stderr; ${process.getuid() === 0 ? "user root;" : ""}
events { worker_connections 64; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${dir}/${kind};`).join(" ")}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${hub}; proxy_http_version 1.1; proxy_request_buffering off; client_max_body_size 1m; }
  }
}`,
  command: ["nginx", "-e", "stderr", "-p", dir, "-c", `${dir}/conf`],
});

const caddy = (dir, port, hub) => ({
  conf: `{
	admin off
	auto_https off
}
http://127.0.0.1:${port} {
	request_body {
		max_size 1MB
	}
	reverse_proxy 127.0.0.1:${hub}
	handle_errors {
		@large expression \`{http.error.message}.contains("body too large")\`
		respond @large "Request body too large" 413
	}
}`,
  command: ["caddy", "run", "--adapter", "caddyfile", "--config", `${dir}/conf`],
});

const free = () => new Promise((done) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

async function listens(port) {
  for (let i = 0; i < 100; i++) {
    const there = await new Promise((done) => {
      const socket = net.connect(port, "127.0.0.1", () => done(true));
      socket.on("error", () => done(false)).on("close", () => socket.destroy());
      socket.on("connect", () => socket.destroy());
    });
    if (there) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`nobody listens at ${port}`);
}

// before starts a proxy, and a way to the hub that up opens and down closes.
async function before(proxy, use) {
  const [port, inside] = [await free(), await free()];
  const dir = mkdtempSync(path.join(tmpdir(), "proxy-"));
  const { conf, command } = proxy(dir, port, inside);
  writeFileSync(path.join(dir, "conf"), conf);
  const child = spawn(command[0], command.slice(1), { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }, stdio: "ignore" });
  const to = new URL(url);
  const hub = http.createServer((request, response) => {
    const own = http.request({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    own.on("error", () => response.destroy());
    request.pipe(own);
  });
  const up = () => new Promise((done) => hub.listen(inside, "127.0.0.1", done));
  try {
    await listens(port);
    await use(`http://127.0.0.1:${port}`, up);
  } finally {
    hub.close();
    hub.closeAllConnections();
    child.kill();
    await new Promise((done) => (child.exitCode !== null || child.signalCode !== null ? done() : child.once("exit", done)));
    rmSync(dir, { recursive: true, force: true });
  }
}

for (const [name, proxy] of [["nginx", nginx], ["caddy", caddy]]) {
  const missing = spawnSync(name, ["-v"], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).error;
  test(`behind ${name}, a hub that is away is waited for, and a limit of bodies is told`, { skip: missing && !CI && `${name} is not installed` }, async () => {
    await before(proxy, async (address, up) => {
      const told = [];
      const away = new Passerelle({ url: address, token, attempts: 2, firstWait: 10, onRetry: (error) => told.push(error.status) });
      await assert.rejects(away.push(many(3)), (error) => error.code === "proxy" && error.status === 502 && /n’atteint pas Passerelle/.test(error.reason));
      assert.deepEqual(told, [502]);

      setTimeout(up, 500);
      const back = await new Passerelle({ url: address, token, firstWait: 200 }).diff(many(3));
      assert.equal(back.added.length + back.same.length + back.updated.length, 3);

      // Nothing compresses this: it goes over the limit, and over what a connection keeps under way.
      const large = Array.from({ length: 900 }, (_, i) => contrat(i, { missionDetails: randomBytes(9000).toString("hex") }));
      let tries = 0;
      await assert.rejects(new Passerelle({ url: address, token, firstWait: 10, onRetry: () => tries++ }).push(large), (error) => {
        assert.deepEqual([error.code, error.status], ["proxy", 413], String(error));
        assert.match(error.reason, /faites augmenter sa limite/);
        return true;
      });
      assert.equal(tries, 0);
    });
  });
}

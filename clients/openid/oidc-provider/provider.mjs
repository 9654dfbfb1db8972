// oidc-provider, with its own pages for development, as main.go of clients/openid starts it.
import { createHash } from "node:crypto";
import { generateKeyPair, exportJWK } from "jose";
import Provider from "oidc-provider";

const { PORT, CLIENT_SECRET, REDIRECT_URI, CHANGES = "" } = process.env;
const changed = new Set(CHANGES.split(","));
const issuer = `http://127.0.0.1:${PORT}`;
const alg = changed.has("algorithm") ? "ES256" : "RS256";
const { privateKey } = await generateKeyPair(alg, { extractable: true });
const base = changed.has("endpoints") ? "/v2" : "";

const provider = new Provider(issuer, {
  clients: [{
    client_id: "passerelle", client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI],
    id_token_signed_response_alg: alg,
  }],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg, use: "sig", kid: createHash("sha256").update(`${Math.random()}`).digest("hex").slice(0, 16) }] },
  enabledJWA: { idTokenSigningAlgValues: [alg] },
  cookies: { keys: ["pour les tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id, email_verified: true, given_name: "Ada", family_name: "Martin" }) }),
  routes: { authorization: `${base}/auth`, token: `${base}/token`, userinfo: `${base}/me`, jwks: `${base}/jwks` },
});
provider.listen(PORT, "127.0.0.1", () => console.log(issuer));

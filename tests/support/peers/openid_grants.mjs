// A certified OpenID client (npm openid-client) without a browser. Arguments: folder of the Node.js packages. Reads one
// line of JSON from standard input, {issuer, grants: [{clientId, jwk, assertion}]}, and prints what each grant gives:
// with `assertion` by that assertion (RFC 7523), otherwise by the client's own key; a client without an id names none.
import { readFileSync } from "node:fs";
import path from "node:path";

const openid = await import(path.join(process.argv[2], "node_modules", "openid-client", "build", "index.js"));
const { issuer, grants } = JSON.parse(readFileSync(0, "utf8"));
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const unnamed = () => {};

async function granted({ clientId, jwk, assertion }) {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = jwk && (await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]));
  const authentication = key ? openid.PrivateKeyJwt({ key, kid: jwk.kid }) : clientId ? openid.None() : unnamed;
  const config = await openid.discovery(new URL(issuer), clientId || "unnamed", undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });
  try {
    const tokens = assertion
      ? await openid.genericGrantRequest(config, JWT_BEARER, { assertion })
      : await openid.clientCredentialsGrant(config);
    return { type: tokens.token_type, seconds: tokens.expires_in, token: tokens.access_token };
  } catch (error) {
    // To a challenge (401) the client does not read the body.
    return { refused: error.error || error.status };
  }
}

const results = [];
for (const grant of grants) results.push(await granted(grant));
console.log(JSON.stringify(results));

// A certified OpenID client (npm openid-client) with a key of its own: a pushed request, a code, its id token, refresh,
// introspection and revocation. Arguments: folder of the Node.js packages, issuer, client_id, redirect address, private
// JWK. Prints where the browser goes; reads where it came back to; prints what came of it.
import { createInterface } from "node:readline/promises";
import path from "node:path";

const [, , peers, issuer, clientId, redirectUri, jwk] = process.argv;
const openid = await import(path.join(peers, "node_modules", "openid-client", "build", "index.js"));

const key = await crypto.subtle.importKey("jwk", JSON.parse(jwk), { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
const authentication = openid.PrivateKeyJwt({ key, kid: "k" });
const config = await openid.discovery(new URL(issuer), clientId, undefined, authentication, {
  execute: [openid.allowInsecureRequests],
});

const verifier = openid.randomPKCECodeVerifier();
const [state, nonce] = [openid.randomState(), openid.randomNonce()];
const begin = await openid.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: redirectUri,
  scope: "openid fhirUser offline_access launch/patient patient/DocumentReference.rs",
  aud: `${issuer}/fhir`,
  code_challenge: await openid.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});
console.log(begin.href);

const lines = createInterface({ input: process.stdin });
const back = new URL((await lines[Symbol.asyncIterator]().next()).value);
lines.close();

const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const first = await openid.authorizationCodeGrant(config, back, checks);
const second = await openid.refreshTokenGrant(config, first.refresh_token);
const during = await openid.tokenIntrospection(config, second.access_token);
await openid.tokenRevocation(config, second.refresh_token);
const after = await openid.tokenIntrospection(config, second.access_token);
console.log(JSON.stringify({ subject: first.claims().sub, scope: second.scope, during: during.active, after: after.active }));

// A certified OpenID client (npm openid-client) with its own key: pushed request, code, id token, refresh, a FHIR read,
// introspection and revocation. Arguments: folder of the Node.js packages, issuer, client_id, redirect URI, private JWK,
// and `bound` to bind the tokens to a key (DPoP). Prints the authorization URL, reads the URL of the redirect from
// standard input, and prints the results as JSON.
import { createInterface } from "node:readline/promises";
import path from "node:path";

const [, , peers, issuer, clientId, redirectUri, jwk, bound] = process.argv;
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
const options = bound ? { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256")) } : {};
const first = await openid.authorizationCodeGrant(config, back, checks, {}, options);
const second = await openid.refreshTokenGrant(config, first.refresh_token, {}, options);
const query = `DocumentReference?patient=${second.patient}&status=current`;
const reading = [config, second.access_token, new URL(`${issuer}/fhir/${query}`), "GET"];
const read = await openid.fetchProtectedResource(...reading, undefined, new Headers({ accept: "application/fhir+json" }), options);
const during = await openid.tokenIntrospection(config, second.access_token);
await openid.tokenRevocation(config, second.refresh_token);
const after = await openid.tokenIntrospection(config, second.access_token);
console.log(JSON.stringify({ subject: first.claims().sub, scope: second.scope, during: during.active, after: after.active, type: second.token_type, read: read.status }));

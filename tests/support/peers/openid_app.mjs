// A certified OpenID client (npm openid-client) that a browser authorises: discovery, code with PKCE, refresh, a FHIR
// read, introspection and revocation. Arguments: folder of the Node.js packages. Reads one line of JSON from standard
// input, {issuer, clientId, redirectUri, scope, jwk, bound, repeat}, prints the authorization URL, reads the URL of the
// redirect, and prints the results as JSON. `jwk`: it signs with this key and pushes its request; `bound`: its tokens
// are bound to another key (DPoP); `repeat`: it shows its first refresh token twice.
import { createInterface } from "node:readline/promises";
import path from "node:path";

const openid = await import(path.join(process.argv[2], "node_modules", "openid-client", "build", "index.js"));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;
const { issuer, clientId, redirectUri, scope, jwk, bound, repeat } = JSON.parse(await nextLine());

const curve = { name: "ECDSA", namedCurve: "P-256" };
const key = jwk && (await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]));
const authentication = jwk ? openid.PrivateKeyJwt({ key, kid: jwk.kid }) : openid.None();
const discover = (algorithm) =>
  openid.discovery(new URL(issuer), clientId, undefined, authentication, {
    algorithm,
    execute: [openid.allowInsecureRequests],
  });
const config = await discover("oidc");
const byRfc8414 = (await discover("oauth2")).serverMetadata();

const verifier = openid.randomPKCECodeVerifier();
const [state, nonce] = [openid.randomState(), openid.randomNonce()];
const parameters = {
  redirect_uri: redirectUri,
  ...(scope && { scope, nonce }),
  aud: `${issuer}/fhir`,
  code_challenge: await openid.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
};
const push = jwk ? openid.buildAuthorizationUrlWithPAR : openid.buildAuthorizationUrl;
console.log((await push(config, parameters)).href);

const back = new URL(await nextLine());
const isOpenid = (scope || "").includes("openid");
const expected = isOpenid ? { expectedNonce: nonce, idTokenExpected: true } : {};
const checks = { pkceCodeVerifier: verifier, expectedState: state, ...expected };
const options = bound ? { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256")) } : {};
const refresh = async (token) => {
  try {
    return await openid.refreshTokenGrant(config, token, {}, options);
  } catch (error) {
    return { refused: error.error };
  }
};
const read = async (token, url) => {
  const headers = new Headers({ accept: "application/fhir+json" });
  try {
    return (await openid.fetchProtectedResource(config, token, new URL(url), "GET", undefined, headers, options)).status;
  } catch (error) {
    return { status: error.status, challenges: error.cause };
  }
};

const first = await openid.authorizationCodeGrant(config, back, checks, {}, options);
const second = await refresh(first.refresh_token);
const results = { subject: first.claims()?.sub, patient: first.patient, type: second.token_type, scope: second.scope };
const used = repeat && !second.refused ? { ...(await refresh(first.refresh_token)) } : second;
results.repeated = used.refused || "issued";
if (repeat) {
  // What the first use gave serves no more: showing it ends what the second one gave.
  results.afterwards = (await refresh(second.refresh_token)).refused;
} else {
  const address = first.patient
    ? `${issuer}/fhir/DocumentReference?patient=${first.patient}&status=current`
    : `${issuer}/me/sessions`;
  results.read = await read(used.access_token, address);
  results.during = await openid.tokenIntrospection(config, used.access_token);
  results.ofRefresh = await openid.tokenIntrospection(config, used.refresh_token, { token_type_hint: "refresh_token" });
  results.readByAnother = await read("another", address);
  results.ofAnother = (await openid.tokenIntrospection(config, "another")).active;
  await openid.tokenRevocation(config, used.refresh_token, { token_type_hint: "refresh_token" });
  await openid.tokenRevocation(config, used.refresh_token);
  results.after = (await openid.tokenIntrospection(config, used.access_token)).active;
  results.refreshed = (await refresh(used.refresh_token)).refused;
}
results.sameMetadata = JSON.stringify(byRfc8414) === JSON.stringify(config.serverMetadata());
console.log(JSON.stringify(results));

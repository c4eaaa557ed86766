// An app built on SMART-JS (npm fhirclient): /launch redirects to Carnet; /callback reads, refreshes, and reads again.
// Arguments: folder of the Node.js packages, base URL of the FHIR API, client_id, scope, port, private JWK of a client that
// has one. Prints "ready".
const path = require("node:path");
const http = require("node:http");
const [, , peers, iss, clientId, scope, port, jwk] = process.argv;
const clientPrivateJwk = jwk && JSON.parse(jwk);
const smart = require(path.join(peers, "node_modules", "fhirclient"));

const session = {};
const found = (bundle) => (bundle.entry || []).map((entry) => entry.resource.id);

async function read(client) {
  const patient = await client.patient.read();
  const query = `DocumentReference?patient=${client.patient.id}&status=current`;
  return { family: patient.name[0].family, documents: found(await client.request(query)) };
}

async function answer(request, response) {
  request.session = session;
  if (request.url.startsWith("/launch")) {
    const redirectUri = `http://${request.headers.host}/callback`;
    await smart(request, response).authorize({ iss, clientId, scope, redirectUri, pkceMode: "required", clientPrivateJwk });
    return;
  }
  const client = await smart(request, response).ready();
  const before = { token: client.state.tokenResponse.refresh_token, ...(await read(client)) };
  const after = await client.refresh().then(
    async () => ({ token: client.state.tokenResponse.refresh_token, ...(await read(client)) }),
    (error) => error.status,
  );
  response.writeHead(200, { "content-type": "application/json" });
  const { family } = (await client.user.read()).name[0];
  response.end(JSON.stringify({ before, after, family, user: client.user.fhirUser }));
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(500);
    response.end(String(error.stack || error));
  });
});
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));

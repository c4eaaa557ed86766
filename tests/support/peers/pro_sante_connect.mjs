// A certified OpenID provider (npm oidc-provider) that stands in for Pro Santé Connect, with its claims and levels.
// Arguments: folder of the Node.js packages, port, client_id, client_secret, redirect URI; logout tokens are sent to
// that address with `/logout`. Its login page takes `claims` (JSON, returned by userinfo), `acr` and `error` instead of
// a card; `/logout-token?person=` answers the logout token of whom logged in last with that national identifier.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , peers, port, clientId, clientSecret, redirectUri] = process.argv;
const entry = path.join(peers, "node_modules", "oidc-provider", "lib", "index.js");
const { Provider } = await import(pathToFileURL(entry).href);

const people = new Map();
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_basic",
      backchannel_logout_uri: `${redirectUri}/logout`,
      backchannel_logout_session_required: true,
    },
  ],
  acrValues: ["eidas1", "eidas2"],
  scopes: ["openid", "scope_all"],
  claims: { openid: ["sub"], acr: null, scope_all: ["SubjectNameID", "SubjectRefPro", "otherIds", "family_name"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  // Its own fetch refuses addresses of this machine.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => people.has(id) && { accountId: id, claims: () => ({ sub: id, ...people.get(id) }) },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid scope_all");
    await grant.save();
    return grant;
  },
});

provider.on("backchannel.error", (ctx, error) => console.error(error.message));

async function logoutToken(person) {
  const [sub] = [...people].findLast(([, claims]) => claims.SubjectNameID === person);
  const token = new provider.IdToken({ sub }, { client: await provider.Client.find(clientId), ctx: undefined });
  token.mask = { sub: null };
  token.set("events", { "http://schemas.openid.net/event/backchannel-logout": {} });
  token.set("jti", crypto.randomUUID());
  return token.issue({ use: "logout" });
}

provider.use(async (ctx, next) => {
  if (ctx.path === "/logout-token") {
    ctx.body = await logoutToken(ctx.query.person);
    return;
  }
  if (!ctx.path.startsWith("/interaction/")) return next();
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = `<form method="post" action="${ctx.path}"><input name="claims"><input name="acr"><button></button></form>`;
    return;
  }
  const chunks = [];
  for await (const chunk of ctx.req) chunks.push(chunk);
  const sent = new URLSearchParams(Buffer.concat(chunks).toString());
  const accountId = `f:${crypto.randomUUID()}`;
  people.set(accountId, JSON.parse(sent.get("claims")));
  const login = { accountId, acr: sent.get("acr") };
  const answer = sent.get("error") ? { error: sent.get("error") } : { login };
  await provider.interactionFinished(ctx.req, ctx.res, answer, { mergeWithLastSubmission: false });
  ctx.respond = false;
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));

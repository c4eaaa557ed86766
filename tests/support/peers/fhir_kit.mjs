// A client built on npm fhir-kit-client. Arguments: folder of the Node.js packages. Reads one line of JSON from standard
// input, {base, token, calls: [{method, ...arguments}]}, and prints one line: the result of each call, in order.
import { createInterface } from "node:readline/promises";
import path from "node:path";

const [, , peers] = process.argv;
const kit = await import(path.join(peers, "node_modules", "fhir-kit-client", "dist", "index.js"));
const lines = createInterface({ input: process.stdin });
const job = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
lines.close();

const client = new kit.Client({ baseUrl: job.base, bearerToken: job.token });
const ids = (bundle) => (bundle.entry || []).map((entry) => `${entry.resource.resourceType}/${entry.resource.id}`);

// Some at a time, as an app that shows several lists does.
async function inGroups(all, ask, size = 4) {
  const found = [];
  for (let first = 0; first < all.length; first += size) {
    found.push(...(await Promise.all(all.slice(first, first + size).map(ask))));
  }
  return found;
}

const methods = {
  async declared() {
    const tool = new kit.CapabilityTool(await client.capabilityStatement());
    const types = tool.serverCapabilities().resource.map((resource) => resource.type);
    return Object.fromEntries(types.map((type) => [type, tool.searchParamsFor({ resourceType: type })]));
  },
  smart: () => client.smartAuthMetadata(),
  searches: ({ searches }) => inGroups(searches, async ({ resourceType, searchParams, form }) => {
    try {
      return ids(await client.search({ resourceType, searchParams, options: { postSearch: Boolean(form) } }));
    } catch (error) {
      return [String(error.response.status)];
    }
  }),
  search: ({ resourceType, searchParams, form }) =>
    client.search({ resourceType, searchParams, options: { postSearch: Boolean(form) } }),
  async pages({ resourceType, searchParams, form }) {
    const pages = [];
    let bundle = await client.search({ resourceType, searchParams, options: { postSearch: Boolean(form) } });
    while (bundle) {
      pages.push(ids(bundle));
      bundle = await client.nextPage({ bundle });
    }
    return pages;
  },
  read: (call) => client.read(call),
  async versioned(call) {
    const { response } = kit.Client.httpFor(await client.read(call));
    return response.headers.get("etag");
  },
  resolve: (call) => client.resolve(call),
  vread: (call) => client.vread(call),
  history: (call) => client.history(call),
  operation: (call) => client.operation(call),
  delete: (call) => client.delete(call),
  create: (call) => client.create(call),
  update: (call) => client.update(call),
  patch: (call) => client.patch(call),
  transaction: (call) => client.transaction(call),
  batch: (call) => client.batch(call),
};

async function result({ method, ...call }) {
  try {
    return { result: await methods[method](call) };
  } catch (error) {
    if (!error.response) throw error;
    return { status: error.response.status, outcome: error.response.data };
  }
}

const results = [];
for (const call of job.calls) results.push(await result(call));
console.log(JSON.stringify(results));

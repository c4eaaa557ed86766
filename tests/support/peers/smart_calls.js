// SMART-JS (npm fhirclient) with a token that it already has. Arguments: folder of the Node.js packages. Reads one line
// of JSON from standard input, {base, token, patient, calls: [{method, ...arguments}]}, and prints one line: the result
// of each call, in order.
const path = require("node:path");
const smart = require(path.join(process.argv[2], "node_modules", "fhirclient"));

const job = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const tokenResponse = { access_token: job.token, patient: job.patient };
const client = smart({ session: {} }, {}).client({ serverUrl: job.base, tokenResponse });
const names = (resources) => resources.map((resource) => `${resource.resourceType}/${resource.id}`);
const resources = (bundle) => (bundle.entry || []).map((entry) => entry.resource);
const query = (pairs) => new URLSearchParams(pairs).toString();

// An answer that is no JSON: text as a string, anything else as a response to read.
async function bytesOf(answer) {
  const { body, response } = answer;
  const bytes = body === undefined ? Buffer.from(await response.arrayBuffer()) : Buffer.from(body);
  return { status: response.status, type: response.headers.get("content-type"), data: bytes.toString("base64") };
}

// Some at a time, as an app that shows several lists does.
async function inGroups(all, ask, size = 4) {
  const found = [];
  for (let first = 0; first < all.length; first += size) {
    found.push(...(await Promise.all(all.slice(first, first + size).map(ask))));
  }
  return found;
}

const methods = {
  release: async () => ({ version: await client.getFhirVersion(), release: await client.getFhirRelease() }),
  searches: ({ searches }) => inGroups(searches, async ({ resourceType, pairs }) => {
    try {
      return names(resources(await client.request(`${resourceType}?${query(pairs)}`)));
    } catch (error) {
      return [String(error.status)];
    }
  }),
  search: ({ url }) => client.request(url),
  // The library has no search by form of its own.
  form: ({ resourceType, pairs }) =>
    client.request({
      url: `${resourceType}/_search`,
      method: "POST",
      body: query(pairs),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }),
  patient: () => client.patient.read(),
  async ofPatient({ url }) {
    return names(resources(await client.patient.request(url)));
  },
  async flat({ url }) {
    return names(await client.request(url, { pageLimit: 0, flat: true }));
  },
  async pages({ url }) {
    const pages = [];
    for await (const page of client.pages(url)) pages.push(names(resources(page)));
    return pages;
  },
  async everything({ url }) {
    const found = [];
    for await (const resource of client.resources(url)) found.push(resource);
    return names(found);
  },
  resolved: ({ url, references }) => client.request(url, { resolveReferences: references }),
  read: ({ url, headers }) => client.request({ url, headers }),
  bytes: async ({ url, headers }) => bytesOf(await client.request({ url, headers, includeResponse: true })),
  async etag({ url }) {
    return (await client.request({ url, includeResponse: true })).response.headers.get("etag");
  },
  create: ({ resource, headers }) => client.create(resource, { headers }),
  transaction: ({ bundle }) =>
    client.request({
      url: "",
      method: "POST",
      body: JSON.stringify(bundle),
      headers: { "content-type": "application/fhir+json" },
    }),
  update: ({ resource }) => client.update(resource),
  patch: ({ url, operations, headers }) => client.patch(url, operations, { headers }),
  delete: ({ url }) => client.delete(url),
};

async function result({ method, ...call }) {
  try {
    return { result: await methods[method](call) };
  } catch (error) {
    if (!error.status) throw error;
    // The library keeps the body of an error in its message only.
    const body = error.message.slice(error.message.indexOf("{"), error.message.lastIndexOf("}") + 1);
    return { status: error.status, outcome: body ? JSON.parse(body) : error.message };
  }
}

(async () => {
  const results = [];
  for (const call of job.calls) results.push(await result(call));
  console.log(JSON.stringify(results));
})();

// Files dropped or chosen are deposited one after another, each with its own type; without this the form sends one.
const zone = document.querySelector("[data-deposit]");
const filed = document.querySelector("[data-filed]");
const HEAD = 256 * 1024;
const PART = { "hx-request": "true" };
let waiting = [];
let current = null;

const part = (name) => zone.querySelector(`[data-${name}]`);
const trouble = (text) => Object.assign(part("trouble"), { textContent: text, hidden: !text });

function ready() {
  zone.querySelector("input[type=file]").multiple = true;
  part("skip").hidden = !(current && waiting.length);
}

async function next() {
  current = waiting.shift() ?? null;
  if (!current) return;
  const body = new FormData();
  body.set("file", current.slice(0, HEAD), current.name);
  const answer = await fetch(zone.dataset.deposit, { method: "POST", headers: PART, body }).catch(() => null);
  if (answer?.ok) part("fields").innerHTML = await answer.text();
  else trouble(answer?.status === 401 ? zone.dataset.loggedOut : zone.dataset.failed);
  ready();
  part("fields").querySelector("select")?.focus();
}

function take(files) {
  waiting = [...files];
  trouble("");
  if (waiting.length) next();
}

async function goOn() {
  await next();
  if (current) return;
  const address = new URL(zone.dataset.record, location.href);
  for (const each of filed.querySelectorAll("[data-document]")) address.searchParams.append("depose", each.dataset.document);
  location.assign(address);
}

function ended(request) {
  part("progress").hidden = true;
  zone.querySelector("button.button").disabled = false;
  if (request.status === 201) {
    filed.insertAdjacentHTML("beforeend", request.responseText);
    return goOn();
  }
  const isForm = request.status === 422 || request.status === 413;
  if (isForm && request.responseText.includes("<form")) {
    zone.innerHTML = request.responseText;
    zone.querySelector(".govuk-error-summary")?.setAttribute("tabindex", "-1");
    zone.querySelector(".govuk-error-summary")?.focus();
  } else trouble(request.status === 401 ? zone.dataset.loggedOut : zone.dataset.failed);
  ready();
}

function send(form) {
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  body.set("file", current, current.name);
  request.open("POST", form.action);
  for (const [name, value] of Object.entries(PART)) request.setRequestHeader(name, value);
  request.upload.onprogress = (event) => event.lengthComputable && (part("progress").querySelector("progress").value = (100 * event.loaded) / event.total);
  request.onloadend = () => ended(request);
  part("progress").hidden = false;
  zone.querySelector("button.button").disabled = true;
  trouble("");
  request.send(body);
}

zone.addEventListener("change", (event) => event.target.type === "file" && take(event.target.files));
zone.addEventListener("submit", (event) => {
  if (!current) return;
  event.preventDefault();
  send(event.target);
});
zone.addEventListener("click", (event) => event.target.closest("[data-skip]") && goOn());
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  zone.addEventListener(kind, () => zone.querySelector(".drop").classList.toggle("over", kind.startsWith("drage") || kind === "dragover"));
}
zone.addEventListener("drop", (event) => take(event.dataTransfer.files));
ready();

const own = document.querySelector("script[data-govuk]");
document.body.classList.add("js-enabled", "govuk-frontend-supported");

const off = "carnet-keys-off";
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("a[data-row]")];

function move(step) {
  const found = rows();
  const next = found[found.indexOf(document.activeElement) + step] ?? (step > 0 ? found[0] : found.at(-1));
  next?.focus();
}

// The list's own search, where a page has one, or else that for a patient.
function search() {
  const target = document.querySelector("main [data-key=search]") ?? document.querySelector("[data-key=search]");
  if (target?.matches("input")) target.focus();
  else target?.click();
}

function back() {
  const current = rows().find((row) => row.getAttribute("aria-current"));
  if (current) current.focus();
  else document.querySelector("[data-key=back]")?.click();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  v: () => document.querySelector("[data-key=v]")?.click(),
  "/": search,
  Escape: back,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || localStorage.getItem(off)) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("a[hx-get]");
  if (!row) return;
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  // On a narrow screen the document is below the list.
  if (!matchMedia("(min-width: 62rem)").matches) document.querySelector(row.getAttribute("hx-target"))?.scrollIntoView();
});

const toggle = document.querySelector("[data-keys]");
if (toggle) {
  toggle.checked = !localStorage.getItem(off);
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(off);
    else localStorage.setItem(off, "1");
  });
}

// Last: keys work while it is fetched.
const { initAll } = await import(own.dataset.govuk);
initAll();

// The words that the page must show of a proven line, made of its leaf and names: see gateway/portal/journal_words.py.
const filled = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const heading = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Name, profession and structure. */
export function personWords({ leaf, personal }, { words, you, holders }) {
  if (!personal) return [words.erased, "", ""];
  const ofReader = words[holders.includes(you) ? "holder" : "others"];
  if (leaf.role === "patient") {
    if (isYou({ leaf, personal }, { you, holders })) return [words.you, "", ""];
    if (holders.includes(personal.actor)) return [words.the_holder, "", ""];
    return [heading(ofReader.capacities[personal.capacity ?? "self"]), "", ""];
  }
  const structure = personal.structure ? filled(words.structure, { number: personal.structure }) : "";
  return [personal.actor_name || words.roles[leaf.role], words.professions[personal.profession] ?? "", structure];
}

export function isYou({ leaf, personal }, { you, holders }) {
  if (!personal || leaf.role !== "patient") return false;
  return personal.actor === you || (holders.includes(personal.actor) && holders.includes(you));
}

export function actWords(line, page) {
  const { leaf, personal } = line;
  const { words } = page;
  const ofReader = words[page.holders.includes(page.you) ? "holder" : "others"];
  const allowed = leaf.outcome === "allowed";
  const pattern = isYou(line, page) ? words[allowed ? "you_did" : "you_were_refused"] : words[allowed ? "did" : "was_refused"];
  const act = filled(pattern, { who: "", act: ofReader[allowed ? "done" : "refused"][leaf.act] }).trim();
  const reason = allowed ? ofReader.allowed[leaf.reason] : (ofReader.reasons[leaf.reason] ?? words.other_reason);
  return [act, [aboutWords(line, words), ofReader.modes[leaf.mode], reason].filter(Boolean).join(", ")];
}

function aboutWords({ leaf, personal }, words) {
  const about = personal?.about ?? "";
  if (words.about_software.includes(leaf.act)) return about;
  return /^([0-9]{11}|[0-9AB]{9})$/.test(about) ? filled(words.number, { number: about }) : "";
}

export function dayWords(at, { weekdays, months }) {
  const [year, month, day] = dayOf(at).split("-").map(Number);
  return `${weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]} ${day} ${months[month - 1]} ${year}`;
}

const inParis = (options) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Paris", hourCycle: "h23", ...options });
const day = inParis({ year: "numeric", month: "2-digit", day: "2-digit" });
const hour = inParis({ hour: "2-digit", minute: "2-digit" });

/** `YYYY-MM-DD` in Paris. */
export function dayOf(at) {
  const parts = Object.fromEntries(day.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** `HH:MM` in Paris. */
export function hourOf(at) {
  const parts = Object.fromEntries(hour.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${parts.hour}:${parts.minute}`;
}

// The page of accesses: verifies the lines that it shows, and says what was verified and what was not.
const inlined = (id) => JSON.parse(document.getElementById(id).textContent);
const spaced = (text) => text.replace(/\s+/g, " ").trim();
const textOf = (element) => spaced(element?.textContent ?? "");

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function save(name, value) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function answer(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

function checkShown(line, row, page) {
  const group = row.closest("[data-person]");
  const link = row.querySelector("[data-document]");
  const [did, how] = actWords(line, page);
  const [name, profession, structure] = personWords(line, page);
  const pairs = [
    [textOf(row.querySelector("time")), hourOf(line.leaf.at)],
    [textOf(row.querySelector("[data-did]")), did],
    [textOf(row.querySelector("[data-how]")), how],
    [textOf(group.querySelector("[data-name]")), name],
    [textOf(group.querySelector("[data-profession]")), profession],
    [textOf(group.querySelector("[data-structure]")), structure],
    [textOf(row.closest("[data-day]").querySelector("h2")), dayWords(line.leaf.at, page)],
  ];
  check(pairs.every(([shown, proven]) => shown === spaced(proven)), "words");
  check((link?.dataset.document ?? "") === (line.personal?.document_id ?? ""), "words");
}

class Verification {
  constructor(section) {
    this.box = section.querySelector("[data-result]");
    this.rows = new Map([...section.querySelectorAll("[data-position]")].map((row) => [Number(row.dataset.position), row]));
    // The page repeats nothing of its address, which another site may have chosen.
    const before = new URLSearchParams(location.search).get("avant");
    this.data = { ...inlined("journal-proofs"), before: before ? Number(before) : null };
    this.asked = {};
    const remember = async (path, form) => (this.asked[path] = await (await answer(path))[form]());
    this.ask = { json: (path) => remember(path, "json"), text: (path) => remember(path, "text") };
  }

  async run(address) {
    const { words, months, weekdays, messages } = await (await fetch(address)).json();
    this.messages = messages;
    this.page = { words, months, weekdays, you: this.data.you, holders: this.data.holders };
    await this.attempt();
  }

  async attempt() {
    try {
      await this.verify();
    } catch (problem) {
      if (problem instanceof Fault) this.alarm(problem);
      else this.say(problem instanceof Unsupported ? "unsupported" : "unreachable");
    }
  }

  async verify() {
    if (!this.data.head) return this.say("no_head");
    this.key = (await this.ask.text("/journal/key")).trim();
    this.before = kept.head();
    const { shown, newest } = await followHead(this.key, this.data.head, this.before, this.ask);
    const proven = await this.proven(shown);
    const [strands, lines] = [strandsOf(proven), kept.lines()];
    checkStrands(strands, this.data);
    // A page that the browser has kept may be older than the lines that were seen since.
    checkAgainstKept(strands, lines, { first: this.data.first && newest === shown });
    const unproven = this.unproven(proven, shown);
    const isComplete = this.data.whole && !unproven.other && this.goesOn(strands);
    for (const { position } of proven) this.mark(position, "line_verified", "check");
    const since = this.before?.since ?? shown.at;
    const isKept = kept.keepHead(this.key, newest, since) && kept.keepLines(newestLines(strands, lines));
    this.report(proven.length, since, isComplete, isKept, unproven);
  }

  async proven(head) {
    const found = [];
    let worst;
    for (const sent of this.data.lines) {
      try {
        const line = await checkLine(sent, head);
        const row = this.rows.get(line.position);
        check(row, "missing");
        check(!line.personal || line.personal.patient_id === this.data.record, "foreign");
        checkShown(line, row, this.page);
        found.push(line);
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        this.mark(sent.position, "line_wrong", "x");
        worst ??= fault;
      }
    }
    if (worst) throw worst;
    return found;
  }

  /** Whether, with the pages before, no line is left out since the beginning. */
  goesOn(strands) {
    const { before, next } = this.data;
    const ends = before === null ? {} : kept.pages()[`p${before}`];
    if (!ends) return false;
    const after = endsAfter(strands, ends);
    if (next !== null) kept.keepPage(next, after);
    return next === null && Object.values(after).every(([number]) => number === 1);
  }

  mark(position, code, drawing) {
    const place = this.rows.get(position)?.querySelector("[data-proof]");
    if (!place) return;
    const long = element("span", { className: "govuk-visually-hidden", textContent: this.messages[`${code}_long`] });
    place.replaceChildren(icon(drawing), ` ${this.messages[code]} `, long);
    place.classList.toggle("wrong", drawing === "x");
  }

  /** How many lines shown have no proof: younger than the head, or of the holder's other identity. */
  unproven(proven, head) {
    const found = { young: 0, other: 0 };
    for (const position of this.rows.keys()) {
      if (proven.some((line) => line.position === position)) continue;
      const isYoung = position >= head.size;
      check(isYoung || this.data.holders.length > 1, "unproven");
      found[isYoung ? "young" : "other"] += 1;
      this.mark(position, isYoung ? "line_young" : "line_unproven", "clock");
    }
    return found;
  }

  report(count, since, isComplete, isKept, { young, other }) {
    const filled = (code, values) => this.messages[code].replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const sentences = [
      filled(count === 1 ? "verified_one" : "verified", { count }),
      this.before ? filled("unchanged", { date: dayWords(since, this.page) }) : this.messages[isKept ? "first" : "not_kept"],
      isComplete ? this.messages.complete : this.data.whole ? this.messages.gapless : this.messages.filtered,
      young ? filled("young", { count: young }) : "",
      other ? filled("other", { count: other }) : "",
    ];
    if (!count) sentences.splice(0, 3, this.messages.nothing);
    this.box.className = count ? "message" : "message care";
    this.show(sentences[0], count ? "shield-check" : "clock", sentences.slice(1).filter(Boolean).join(" "));
  }

  say(code) {
    this.box.className = "message care";
    this.show(this.messages[code], "circle-alert");
  }

  show(text, drawing, more = "") {
    const how = element("a", { href: "/verifier-le-journal", textContent: this.messages.how });
    const rest = element("span", { className: "rest" }, more, " ", how);
    this.box.replaceChildren(icon(drawing), element("p", {}, element("strong", { textContent: text }), " ", rest));
  }

  alarm(fault) {
    const { messages } = this;
    const isBroken = fault.code === "broken";
    const evidence = { fault: fault.code, kept: this.before, key: this.key, page: this.data, answers: this.asked };
    const button = (text, act) => {
      const made = element("button", { type: "button", className: "button", textContent: text });
      made.addEventListener("click", act);
      return made;
    };
    const buttons = [button(messages.download, () => save("carnet-journal-preuves.json", evidence))];
    if (isBroken) buttons.push(button(messages.go_on, () => this.acceptBreak(fault.newest)));
    const told = messages[`fault_${fault.code}`] ?? messages.fault_form;
    const parts = [
      element("h2", {}, icon("triangle-alert"), ` ${messages[isBroken ? "break_title" : "alarm_title"]}`),
      element("p", {}, element("strong", { textContent: told })),
      element("p", { textContent: messages[isBroken ? "break_means" : "alarm_means"] }),
      element("p", { textContent: messages.alarm_do }),
      element("p", { className: "buttons" }, ...buttons),
      element("p", {}, element("a", { href: "/verifier-le-journal", textContent: messages.how })),
    ];
    this.box.className = isBroken ? "card alarm care" : "card alarm";
    this.box.setAttribute("role", "alert");
    this.box.replaceChildren(...parts);
  }

  async acceptBreak(newest) {
    kept.keepHead(this.key, newest, newest.at);
    kept.forgetLines();
    this.box.setAttribute("role", "status");
    await this.attempt();
  }
}

const drawings = "http://www.w3.org/2000/svg";

function icon(name) {
  const made = document.createElementNS(drawings, "svg");
  const use = document.createElementNS(drawings, "use");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.querySelector("[data-icons]").dataset.icons}#${name}`);
  made.append(use);
  return made;
}

const section = document.getElementById("journal");
if (section) {
  const verification = new Verification(section);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-save]")) {
    button.hidden = false;
    const { head, lines } = verification.data;
    button.addEventListener("click", () => save("carnet-journal.json", { head, lines }));
  }
  addEventListener("beforeprint", () => {
    for (const folded of section.querySelectorAll("details")) folded.open = true;
  });
  await verification.run(section.dataset.texts);
}

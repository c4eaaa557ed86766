// The checks of verifier/verify_journal.py, in the browser: notes, trees (RFC 9162), leaves, strands, breaks.
const utf8 = new TextEncoder();
const leafKeys = "act at commitment event_id mode number outcome previous reason role strand v";
const noHash = "0".repeat(64);

export class Fault extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Unsupported extends Error {}

function check(holds, code) {
  if (!holds) throw new Fault(code);
}

const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function bytesOf(base64) {
  let text;
  try {
    text = atob(base64);
  } catch {
    throw new Fault("form");
  }
  // `atob` is lenient: what is not the one right form is refused.
  check(btoa(text) === base64, "form");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

async function sha256(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

const isEqual = (one, other) => hexOf(one) === hexOf(other);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
// Sizes of trees are larger than what bitwise operators take.
const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

function isPowerOfTwo(number) {
  while (number > 1 && !isOdd(number)) number = half(number);
  return number === 1;
}

function sizeFrom(text) {
  check(/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), "form");
  return Number(text);
}

async function parsedKey(key) {
  const [name, keyHash, ...encoded] = key.trim().split("+");
  const bytes = bytesOf(encoded.join("+"));
  check(bytes.length === 33 && bytes[0] === 1, "key");
  check(keyHash === hexOf(await sha256(utf8.encode(`${name}\n`), bytes)).slice(0, 8), "key");
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", bytes.slice(1), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Unsupported();
  }
  return { name, keyHash, imported };
}

/** The lines of a note's text, after checking its signature. */
export async function signedText(key, note) {
  const { name, keyHash, imported } = await parsedKey(key);
  const gap = note.lastIndexOf("\n\n");
  check(gap > 0, "signature");
  const text = note.slice(0, gap);
  const lines = text.split("\n");
  const marks = note.slice(gap + 2).split("\n").filter((line) => line.startsWith(`— ${name} `));
  const ours = marks.map((line) => bytesOf(line.split(" ")[2])).find((mark) => hexOf(mark.slice(0, 4)) === keyHash);
  check(ours && lines[0] === name, "signature");
  const signed = utf8.encode(`${text}\n`);
  check(await crypto.subtle.verify({ name: "Ed25519" }, imported, ours.slice(4), signed), "signature");
  return lines;
}

/** A signed head: size, root, and when it was signed. */
export async function openNote(key, note) {
  const [, size, root, ...more] = await signedText(key, note);
  const at = more.find((line) => line.startsWith("at "))?.slice(3) ?? "";
  return { size: sizeFrom(size ?? ""), root: bytesOf(root ?? ""), at, note };
}

/** RFC 9162, 2.1.3.2 and 2.1.4.2: roots of the smaller and the larger tree, from a proof. */
async function rootsFromPath(here, last, start, steps) {
  let [small, large] = [start, start];
  for (const step of steps) {
    check(last > 0, "proof");
    if (isOdd(here) || here === last) {
      [small, large] = [await nodeHash(step, small), await nodeHash(step, large)];
      while (here && !isOdd(here)) [here, last] = [half(here), half(last)];
    } else {
      large = await nodeHash(large, step);
    }
    [here, last] = [half(here), half(last)];
  }
  check(last === 0, "proof");
  return [small, large];
}

/** RFC 9162, 2.1.4.2: the second tree extends the first; raises `inconsistent`. */
export async function checkConsistency(first, second, hashes) {
  if (first.size === second.size) return check(isEqual(first.root, second.root), "inconsistent");
  check(first.size > 0 && first.size < second.size, "inconsistent");
  const steps = [...(isPowerOfTwo(first.size) ? [first.root] : []), ...hashes.map(bytesOf)];
  check(steps.length > 0, "inconsistent");
  let [here, last] = [first.size - 1, second.size - 1];
  while (isOdd(here)) [here, last] = [half(here), half(last)];
  let roots;
  try {
    roots = await rootsFromPath(here, last, steps[0], steps.slice(1));
  } catch {
    throw new Fault("inconsistent");
  }
  check(isEqual(roots[0], first.root) && isEqual(roots[1], second.root), "inconsistent");
}

/** The break that gives a head up, if the host admits one: the size and root that it keeps, and when. */
export async function breakOf(key, notes, head) {
  for (const note of notes) {
    const [, word, lost, kept, at] = await signedText(key, note);
    check(word === "break", "signature");
    const [lostSize, [keptSize, keptRoot]] = [sizeFrom(lost.split(" ")[0]), kept.split(" ")];
    const found = { size: sizeFrom(keptSize), root: bytesOf(keptRoot), at: at.slice(3), note };
    if (found.size < head.size && head.size <= lostSize && head.at <= found.at) return found;
  }
  return null;
}

/** The leaf, its hash and the names, after checking its inclusion in the head's tree and the commitment to the names. */
export async function checkLine(line, head) {
  let leaf;
  try {
    leaf = JSON.parse(line.leaf);
  } catch {
    throw new Fault("form");
  }
  const keys = Object.keys(leaf ?? {}).sort();
  const canonical = JSON.stringify(Object.fromEntries(keys.map((key) => [key, leaf[key]])));
  check(keys.join(" ") === leafKeys && line.leaf === canonical && leaf.v === 1, "form");
  const hash = await sha256(Uint8Array.of(0), utf8.encode(canonical));
  check(Number.isSafeInteger(line.position) && line.position >= 0 && line.position < head.size, "inclusion");
  let root;
  try {
    [, root] = await rootsFromPath(line.position, head.size - 1, hash, line.path.map(bytesOf));
  } catch {
    throw new Fault("inclusion");
  }
  check(isEqual(root, head.root), "inclusion");
  const [nonce, names] = [bytesOf(line.nonce), utf8.encode(line.personal)];
  if (nonce.length + names.length) check(hexOf(await sha256(nonce, names)) === leaf.commitment, "names");
  return { leaf, hash: hexOf(hash), position: line.position, personal: line.personal ? JSON.parse(line.personal) : null };
}

/** Lines of one view by strand, newest first; raises `twice`. */
export function strandsOf(proven) {
  const strands = new Map();
  for (const line of proven) {
    const lines = strands.get(line.leaf.strand) ?? new Map();
    check(!lines.has(line.leaf.number), "twice");
    strands.set(line.leaf.strand, lines.set(line.leaf.number, line));
  }
  return strands;
}

/** Each line links to the one before it, where both are shown; `whole`: none is left out between them. */
export function checkStrands(strands, { whole }) {
  for (const lines of strands.values()) {
    const numbers = [...lines.keys()].sort((one, other) => other - one);
    for (const [at, number] of numbers.entries()) {
      const [line, before] = [lines.get(number), lines.get(number - 1)];
      check(!whole || before || at === numbers.length - 1, "missing");
      if (before) check(line.leaf.previous === before.hash && before.position < line.position, "link");
      if (number === 1) check(line.leaf.previous === noHash, "link");
    }
  }
}

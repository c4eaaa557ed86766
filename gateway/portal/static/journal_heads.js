// What a browser keeps between visits, and whether the history shown continues it.
const keptHead = "carnet-journal-head";
const keptLines = "carnet-journal-lines";
const keptPages = "carnet-journal-pages";
const mostStrands = 200;
const mostPages = 100;

function read(storage, name) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    return null;
  }
}

function write(storage, name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const lasting = () => localStorage;
const ofTab = () => sessionStorage;
const newestOf = (map, most) => Object.fromEntries(Object.entries(map).slice(-most));

export const kept = {
  /** `{key, note, since}`, or null on a first visit. */
  head: () => read(lasting, keptHead),
  keepHead: (key, head, since) => write(lasting, keptHead, { key, note: head.note, since }),
  /** Strand -> number and hash of its newest line that was verified. */
  lines: () => read(lasting, keptLines) ?? {},
  keepLines: (lines) => write(lasting, keptLines, newestOf({ ...kept.lines(), ...lines }, mostStrands)),
  forgetLines: () => write(lasting, keptLines, {}) && write(ofTab, keptPages, {}),
  /** Where a page ended -> strand -> number of its oldest line so far, and the hash of the line before. */
  pages: () => read(ofTab, keptPages) ?? {},
  keepPage: (end, ends) => write(ofTab, keptPages, newestOf({ ...kept.pages(), [`p${end}`]: ends }, mostPages)),
};

/** Raises `inconsistent` unless the second head extends the first. */
async function checkExtends(first, second, ask) {
  if (first.size === second.size || first.size > second.size) return checkConsistency(first, second, []);
  const { hashes } = await ask.json(`/journal/consistency?first=${first.size}&second=${second.size}`);
  return checkConsistency(first, second, hashes);
}

/** As the fault says, unless the host admits to have lost the head that was kept: then `broken`. */
async function explained(fault, key, old, newest, ask) {
  try {
    const { breaks } = await ask.json("/journal/heads?count=1");
    const found = await breakOf(key, breaks ?? [], old);
    if (!found) return fault;
    if (found.size) await checkExtends(found, newest, ask);
    return Object.assign(new Fault("broken"), { newest });
  } catch {
    return fault;
  }
}

/**
 * The newest head that is known to continue the one that was kept, and the one that the page is proven by.
 *
 * Raises `signature`, `key_changed`, `inconsistent`, `backwards`, `broken`.
 */
export async function followHead(key, note, before, ask) {
  check(!before || before.key === key, "key_changed");
  const shown = await openNote(key, note);
  if (!before) return { shown, newest: shown };
  const old = await openNote(key, before.note);
  // A browser may show again a page that it has kept: the newest head is then asked for.
  const newest = shown.size < old.size ? await openNote(key, await ask.text("/journal/head")) : shown;
  try {
    check(newest.size >= old.size, "backwards");
    await checkExtends(old, newest, ask);
    if (newest !== shown) await checkExtends(shown, newest, ask);
  } catch (fault) {
    throw fault instanceof Fault ? await explained(fault, key, old, newest, ask) : fault;
  }
  return { shown, newest };
}

/** Raises `changed` or `missing` where lines are not those that this browser has verified before. */
export function checkAgainstKept(strands, lines, { first }) {
  for (const [strand, found] of strands) {
    if (!(strand in lines)) continue;
    const [number, hash] = lines[strand];
    check(!first || Math.max(...found.keys()) >= number, "missing");
    check(!found.has(number) || found.get(number).hash === hash, "changed");
  }
}

/** Strand -> number and hash of its newest line, of those that are newer than what was kept. */
export function newestLines(strands, lines) {
  const newest = [...strands].map(([strand, found]) => [strand, found.get(Math.max(...found.keys()))]);
  const newer = newest.filter(([strand, line]) => !(strand in lines) || lines[strand][0] < line.leaf.number);
  return Object.fromEntries(newer.map(([strand, line]) => [strand, [line.leaf.number, line.hash]]));
}

/** Where each strand ends after this page; raises `missing` where it does not go on from the page before. */
export function endsAfter(strands, ends) {
  const after = { ...ends };
  for (const [strand, found] of strands) {
    const [top, bottom] = [Math.max(...found.keys()), Math.min(...found.keys())];
    if (strand in ends) check(top === ends[strand][0] - 1 && found.get(top).hash === ends[strand][1], "missing");
    after[strand] = [bottom, found.get(bottom).leaf.previous];
  }
  return after;
}

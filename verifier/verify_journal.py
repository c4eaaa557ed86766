"""Verify the journal of a Carnet platform from outside, trusting only the key that signs its heads.

    python verify_journal.py head KEY NOTE
    python verify_journal.py consistency KEY OLD_NOTE NEW_NOTE PROOF.json
    python verify_journal.py breaks KEY HEADS.json [OLD_NOTE ...]
    python verify_journal.py view KEY PROOFS.json [PROOFS.json ...] [--partial]

KEY: the verifier key, or its file. The others: files with the platform's responses. PROOFS.json: pages of one
patient's view, all of them, or some with --partial. HEADS.json: the list of heads, which names every break: heads
that were published and are not continued, because their lines were lost; fails if an OLD_NOTE is one. Formats:
docs/journal.md. Requires the package `cryptography`.
"""

import json
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LEAF_KEYS = "act at commitment event_id mode number outcome previous reason role strand v"


class ProofError(Exception):
    """A failed check, in French and English."""


def open_note(key: str, note: str) -> tuple:
    """(size, root, time) of a signed head."""
    _, size, root, *more = signed_text(key, note)
    return int(size), b64decode(root, validate=True), next((x[3:] for x in more if x.startswith("at ")), "?")


def signed_text(key: str, note: str) -> list:
    """The lines of a note's text, after checking its signature."""
    name, key_hash, encoded = key.split("+", 2)
    public = b64decode(encoded, validate=True)
    if public[:1] != b"\x01" or key_hash != sha256(name.encode() + b"\n" + public).hexdigest()[:8]:
        raise ProofError("la clé n'est pas une clé de vérification / this is no verifier key")
    text, _, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    marks = [line.split(" ") for line in signatures.split("\n") if line.startswith(f"— {name} ")]
    ours = [mark for mark in (b64decode(parts[2], validate=True) for parts in marks) if mark[:4].hex() == key_hash]
    if not ours or lines[0] != name:
        raise ProofError("la tête n'est pas signée par cette clé / the head is not signed by this key")
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(ours[0][4:], f"{text}\n".encode())
    return lines


def roots_from_path(here: int, last: int, start: bytes, steps: list) -> tuple:
    """RFC 9162, 2.1.3.2 and 2.1.4.2: roots of the smaller and the larger tree, from a proof."""
    small = large = start
    for step in steps:
        if last == 0:
            raise ProofError("la preuve est trop longue / the proof is too long")
        if here & 1 or here == last:
            small, large = (sha256(b"\x01" + step + root).digest() for root in (small, large))
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            large = sha256(b"\x01" + large + step).digest()
        here, last = here >> 1, last >> 1
    if last:
        raise ProofError("la preuve est trop courte / the proof is too short")
    return small, large


def check_consistency(first: int, second: int, old_root: bytes, new_root: bytes, proof: list) -> None:
    """RFC 9162, 2.1.4.2: the second tree extends the first."""
    steps = [old_root, *proof] if first & (first - 1) == 0 else proof
    roots = (old_root, old_root) if first == second and not proof else None
    if roots is None and 0 < first < second and steps:
        here, last = first - 1, second - 1
        while here & 1:
            here, last = here >> 1, last >> 1
        roots = roots_from_path(here, last, steps[0], steps[1:])
    if roots != (old_root, new_root):
        raise ProofError(
            f"l'arbre de {second} ne contient pas celui de {first} / tree {second} does not hold tree {first}"
        )


def breaks(key: str, listed: list, notes: list) -> str:
    """The breaks that the host admits; an error if one of the heads is not continued because of it."""
    heads, admitted = [open_note(key, note) for note in notes], []
    for text in listed:
        _, word, lost, kept, at = signed_text(key, text)
        if word != "break":
            raise ProofError("ce n'est pas une rupture / this is no break")
        first, last, at = int(kept.split(" ")[0]) + 1, int(lost.split(" ")[0]), at.removeprefix("at ")
        admitted.append(f"{at} : têtes de {first} à {last} non continuées / heads {first} to {last} not continued")
        if any(first <= size <= last and time <= at for size, _, time in heads):
            raise ProofError(f"tête perdue / head lost, {admitted[-1]}")
    return "\n".join([f"{len(admitted)} ruptures / breaks", *admitted])


def check_line(line: dict, size: int, root: bytes) -> tuple:
    """The leaf and its hash, after checking its inclusion in the tree and the commitment to the names."""
    leaf, path = json.loads(line["leaf"]), [b64decode(step, validate=True) for step in line["path"]]
    canonical = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if " ".join(sorted(leaf)) != LEAF_KEYS or line["leaf"] != canonical or leaf["v"] != 1:
        raise ProofError("la feuille n'est pas canonique / the leaf is not canonical")
    position, leaf_hash = line["position"], sha256(b"\x00" + canonical.encode()).digest()
    if not 0 <= position < size or roots_from_path(position, size - 1, leaf_hash, path)[1] != root:
        raise ProofError("la feuille n'est pas dans l'arbre de la tête / the leaf is not in the head's tree")
    opening = b64decode(line["nonce"], validate=True) + line["personal"].encode()
    if opening and sha256(opening).hexdigest() != leaf["commitment"]:
        raise ProofError(
            "les données nominatives ne sont pas celles d'origine / the names are not what was committed to"
        )
    return leaf, leaf_hash.hex()


def faults_of_strand(strand: str, lines: dict, expected: int) -> list:
    """Gaps and broken links in one strand; `lines`: number -> (position, hash, previous)."""
    faults, before = [], (-1, "0" * 64) if expected == 1 else None
    for number, (position, leaf_hash, previous) in sorted(lines.items()):
        if number != expected:
            faults.append(f"fil {strand} : la ligne {expected} manque / strand {strand}: line {expected} is missing")
        elif before and (previous != before[1] or position <= before[0]):
            faults.append(
                f"fil / strand {strand}, {number} : ne suit pas la précédente / does not follow its previous"
            )
        expected, before = number + 1, (position, leaf_hash)
    return faults


def view(key: str, pages: list, partial: bool) -> str:
    """Check every line of the pages, and that no line is missing between them."""
    faults, strands, erased, people = [], {}, 0, set()
    for page in pages:
        size, root, _ = open_note(key, page["head"])
        for line in page["lines"]:
            try:
                leaf, leaf_hash = check_line(line, size, root)
            except (ProofError, LookupError, TypeError, ValueError) as error:
                faults.append(f"position {line.get('position')} : {error}")
                continue
            entry = (line["position"], leaf_hash, leaf["previous"])
            if strands.setdefault(leaf["strand"], {}).setdefault(leaf["number"], entry) != entry:
                faults.append(f"position {line['position']} : numéro pris deux fois / number taken twice")
            erased += not line["personal"]
            people |= {json.loads(line["personal"])["patient_id"]} if line["personal"] else set()
    for strand, lines in strands.items():
        faults += faults_of_strand(strand, lines, min(lines) if partial else 1)
    if len(people) > 1:
        faults.append("les lignes concernent plusieurs patients / the lines are about several patients")
    if faults:
        raise ProofError("\n".join(faults))
    count = sum(map(len, strands.values()))
    return f"{count} lignes, {len(strands)} fils, {erased} effacées / lines, strands, erased"


def main(command: str = "", *arguments: str) -> str:
    key, *files = [word for word in arguments if word != "--partial"] or [""]
    key = (Path(key).read_text("utf-8") if Path(key).is_file() else key).strip()
    texts = [Path(name).read_text("utf-8") for name in files]
    if command == "head" and len(texts) == 1:
        return "taille {0}, heure {2} / size {0}, time {2}".format(*open_note(key, texts[0]))
    if command == "consistency" and len(texts) == 3:
        (first, old_root, _), (second, new_root, _) = open_note(key, texts[0]), open_note(key, texts[1])
        proof = [b64decode(step, validate=True) for step in json.loads(texts[2])["hashes"]]
        check_consistency(first, second, old_root, new_root, proof)
        return f"l'arbre de {second} contient celui de {first} / the tree of {second} holds that of {first}"
    if command == "breaks" and texts:
        return breaks(key, json.loads(texts[0])["breaks"], texts[1:])
    if command == "view" and texts:
        return view(key, [json.loads(text) for text in texts], "--partial" in arguments)
    raise ProofError(__doc__)


if __name__ == "__main__":
    try:
        sys.stdout.write(f"✓ {main(*sys.argv[1:])}\n")
    except Exception as problem:
        # InvalidSignature has no message.
        sys.exit(f"✗ {problem}" if str(problem) else "✗ la signature est fausse / the signature is wrong")

"""Rules of the journal: leaves, strands, the tree and its proofs, and the sentences of its lines."""

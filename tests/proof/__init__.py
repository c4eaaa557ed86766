"""Claims tried at a scale that is too long for the suite, which runs the same code on a thousandth."""

"""`carnet`: command line for operators and developers."""

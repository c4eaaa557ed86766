"""`carnet`: the operator's and developer's command line; thin, it calls what exists."""

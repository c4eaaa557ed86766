"""Pages of agents, who see whether there is a record and its state, and nothing in it; one module per page."""

"""The language of the stairwell stays understandable: messages change by addition only."""

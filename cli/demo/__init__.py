"""`carnet demo`: the main job of the platform, told step by step through its street door."""

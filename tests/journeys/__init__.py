"""The main job and its refusals, told through the street door of a whole platform."""

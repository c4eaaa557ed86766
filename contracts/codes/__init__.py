"""Code tables of the French health agency, loaded once: types, classes, formats, professions, matrix."""

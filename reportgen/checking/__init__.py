"""A case -> findings, a function a rule."""

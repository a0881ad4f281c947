"""Exact numbers, as they are written, and the language of expressions over them."""

"""Input files -> outcomes, in processes of their own."""

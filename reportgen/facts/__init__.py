"""A centre's file and the vocabulary -> facts, and texts printed with them."""

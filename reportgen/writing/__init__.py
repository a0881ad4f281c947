"""Facts, scores and a form -> documents as trees."""

"""Templates -> forms, vocabulary and scoring profiles."""

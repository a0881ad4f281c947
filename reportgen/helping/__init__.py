"""What helps a writer, beside checking and building."""

"""Facts and a form -> scores."""

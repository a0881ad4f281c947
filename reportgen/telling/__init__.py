"""Complaints as values, and how they are told."""

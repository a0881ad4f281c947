"""Bytes -> text -> values with their places."""

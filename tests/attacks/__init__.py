"""Attacks by mail, each a function that raises AssertionError where it succeeds, and the defences against them."""

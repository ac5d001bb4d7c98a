"""Clips → features → embedding, caption and categories: the neural networks."""

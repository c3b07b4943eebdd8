"""A week planned again after something happened."""

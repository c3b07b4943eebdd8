"""Why an order gets what it gets, and what would change that."""

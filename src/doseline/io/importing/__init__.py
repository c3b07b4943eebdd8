"""A planner's own list becomes rows of a table: read, mapped, changed, checked, written."""

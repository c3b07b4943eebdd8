"""What orders bring with them: courses, cut-offs, promises, and the rule by which a shortage is shared."""

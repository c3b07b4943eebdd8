"""Years of patients and doses: the compiled engine, its world and its policies."""

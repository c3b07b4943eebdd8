"""Parts of the script that builds ``examples/us-lu177``."""

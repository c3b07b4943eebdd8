"""Parts of the script that builds ``examples/cn-rlt``."""

"""Ours: Ciw installs a package of this name, which would hide a folder without this file."""

"""Typical weeks: the exact plan put together by batch and site, solved many times over."""

"""Orders to lots, batches, itineraries and chairs: one week exactly, the others put together."""

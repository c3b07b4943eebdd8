"""The main job: one network, one answer, in the ledger of losses."""

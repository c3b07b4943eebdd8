"""The network as tables, and the records that all engines share: options, flows, findings, results."""

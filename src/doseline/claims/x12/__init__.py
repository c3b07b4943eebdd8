"""Claims as X12 5010 transactions: written with x12sdk, judged with pyx12."""

"""The ledger's fixed words: classes, links and dose endings, in their order."""

from __future__ import annotations

CLASSES = ("in_time", "late", "never", "clinical_exit", "open")
"""Classes of an eligible episode: exclusive, and they sum to the cohort."""

LINKS = (
    "out_of_reach",
    "not_referred",
    "no_scanner",
    "pet_slot",
    "tumour_board",
    "not_offered",
    "cannot_pay",
    "authorisation_denied",
    "authorisation_time",
    "ordering_rules",
    "no_isotope",
    "no_batch_capacity",
    "batch_failed",
    "transport",
    "licence_or_possession",
    "no_suite",
    "patient_scheduling",
)
"""Links of the chain, upstream first; ties in booking go upstream."""

CLINICAL = "clinical"
"""Booking of a clinical exit that no link caused."""

DOSE_ENDINGS = (
    "infused",
    "infused_late",
    "returned",
    "isotope_short",
    "batch_failed",
    "release_failed",
    "transport",
    "expired",
    "site",
    "patient_hold",
    "withdrawn",
    "cancelled",
)
"""How an ordered dose ends; each ends in exactly one."""
INFUSED = ("infused", "infused_late")
"""Endings of doses that a patient got."""

PARTIES = ("patient", "payer", "hospital", "developer", "maker", "carrier", "isotope_supplier")

ENDING_OF_LINK = {
    "no_isotope": "isotope_short",
    "transport": "transport",
    "licence_or_possession": "site",
    "no_suite": "site",
    "not_offered": "site",
}
"""How an ordered dose ends that no plan served, by the link that left it; any other: cancelled."""


def unserved_ending(link: str | None) -> str:
    """How an ordered dose ends that no plan served."""
    return ENDING_OF_LINK.get(link or "", "cancelled")

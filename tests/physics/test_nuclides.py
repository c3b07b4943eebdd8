"""The nuclide table: complete, consistent, and helpful when a name is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import radioactivedecay as rd
from tests.physics.conftest import rows

from doseline.physics.errors import MissingFigureError, NuclideTableError, UnknownNuclideError
from doseline.physics.nuclides import NUCLIDE_DATASET, nuclide_name, nuclide_table

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

REQUIRED = [
    "Lu-177",
    "Lu-177m",
    "Tc-99m",
    "Tc-99",
    "Yb-177",
    "Yb-175",
    "Ac-225",
    "Ac-227",
    "Fr-221",
    "At-217",
    "Bi-213",
    "Po-213",
    "Tl-209",
    "Pb-209",
    "Ra-225",
    "Th-229",
    "Th-227",
    "Ra-223",
    "Ra-224",
    "Ra-226",
    "Ra-228",
    "Th-228",
    "Rn-219",
    "Po-215",
    "Pb-211",
    "Bi-211",
    "Tl-207",
    "Po-211",
    "Rn-220",
    "Po-216",
    "Pb-212",
    "Bi-212",
    "Po-212",
    "Tl-208",
    "At-211",
    "Bi-207",
    "I-131",
    "Tb-161",
    "Tb-160",
    "Cu-64",
    "Cu-67",
    "Ga-68",
    "Ge-68",
    "F-18",
    "Zr-89",
    "Y-89m",
    "Y-90",
    "Mo-99",
]


def test_everything_that_the_product_meets_is_there(table: NuclideTable) -> None:
    assert [name for name in REQUIRED if name not in table] == []


def test_the_dataset_is_named(table: NuclideTable) -> None:
    assert table.dataset == NUCLIDE_DATASET == "NUBASE2020"


def test_each_figure_names_a_source_that_exists(table: NuclideTable) -> None:
    for nuclide in table:
        assert nuclide.decay_source in table.sources
        assert nuclide.transport_source in table.sources
        assert (nuclide.air_kerma_ugy_m2_gbq_h is None) == (nuclide.kerma_source == "")
        assert nuclide.kerma_source in {"", *table.sources}
    assert {source.confidence for source in table.sources.values()} <= {"S1", "S2", "C", "M"}


def test_every_daughter_outside_the_table_is_stable_or_nearly(table: NuclideTable) -> None:
    """Judged by radioactivedecay: nothing that lives less than 1e9 years is left out."""
    outside = {mode.daughter for nuclide in table for mode in nuclide.modes} - set(table.names)
    for name in outside:
        assert rd.Nuclide(name).half_life("y") > 1e9, name


@pytest.mark.parametrize(
    "text", ["Lu-177", "lu177", "177Lu", "Lu177", "LU-177", " lu 177 ", "¹⁷⁷Lu"]
)
def test_the_usual_spellings_are_understood(table: NuclideTable, text: str) -> None:
    assert table[text].name == "Lu-177"


def test_an_isomer_is_not_its_ground_state(table: NuclideTable) -> None:
    assert table["LU-177m"].name == "Lu-177m"
    assert table["177mLu"].half_life_h == 3849.6
    assert nuclide_name("lutetium") is None


def test_an_unknown_nuclide_is_refused_and_a_known_one_offered(table: NuclideTable) -> None:
    with pytest.raises(UnknownNuclideError, match=r"Did you mean .*Lu-177") as refused:
        table["Lu-171"]
    assert refused.value.exit_code == 2
    with pytest.raises(UnknownNuclideError, match="Did you mean Lu-177"):
        table["Luu-177"]
    with pytest.raises(UnknownNuclideError, match=r"'unobtainium' is not in the nuclide table\.$"):
        table["unobtainium"]


def test_a_chain_lists_parents_before_daughters(table: NuclideTable) -> None:
    names = [nuclide.name for nuclide in table.chain("Ac-225")]
    for nuclide in table.chain("Ac-225"):
        for mode in nuclide.modes:
            if mode.daughter in names:
                assert names.index(mode.daughter) > names.index(nuclide.name)
    assert {"Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209"} <= set(names)


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("half_life", "-3", "negative"),
        ("half_life", "nan", "not finite"),
        ("half_life_unit", "fortnight", "fortnight"),
        ("modes", "B- Hf-177 90", "sum to 90 %"),
        ("listed", "maybe", "yes or no"),
        ("a2_tbq", "", "could not convert"),
        ("air_kerma_ugy_m2_gbq_h", "inf", "not a finite number"),
    ],
)
def test_a_broken_row_is_named(column: str, value: str, why: str) -> None:
    row = rows("nuclides.csv")[0] | {column: value}
    with pytest.raises(NuclideTableError, match=rf"row 1 \(Lu-177\).*{why}"):
        nuclide_table([row])


def test_a_missing_column_or_double_name_is_named() -> None:
    row = rows("nuclides.csv")[0]
    with pytest.raises(NuclideTableError, match="no column 'half_life'"):
        nuclide_table([{key: text for key, text in row.items() if key != "half_life"}])
    with pytest.raises(NuclideTableError, match=r"row 2 \(Lu-177\): the name is there twice"):
        nuclide_table([row, row])


def test_a_missing_air_kerma_constant_is_not_guessed(table: NuclideTable) -> None:
    with pytest.raises(MissingFigureError, match="gives no air kerma constant for Bi-215"):
        table["Bi-215"].air_kerma()

"""What ``doseline calibrate --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    NUMBER,
    POSITIVE,
    SHARE,
    TEXT,
    a_list,
    an_object,
    or_null,
)
from doseline.study.calibrate.targets import MEASURES, PRIORS, USES

_UNKNOWN = an_object(
    {
        **dict.fromkeys(("name", "factor"), TEXT),
        "prior": {"enum": list(PRIORS)},
        **dict.fromkeys(("prior_low", "prior_median", "prior_high"), POSITIVE),
        **dict.fromkeys(("posterior_low", "posterior_median", "posterior_high"), POSITIVE),
        "learned": NUMBER,
        "at_edge": {"type": "boolean"},
        "source": TEXT,
    },
    description="Factors on a column: 5, 50 and 95 % points before and after. Learned: by how much "
    "the standard deviation is smaller than before. At the edge: whether the posterior's median "
    "lies in the last hundredth of the prior.",
)
_TARGET = an_object(
    {
        "name": TEXT,
        "what": {"enum": list(MEASURES)},
        "product": or_null(TEXT),
        "links": TEXT,
        "use": {"enum": list(USES)},
        "value": NUMBER,
        "error": POSITIVE,
        **dict.fromkeys(("simulated", "low", "high", "off"), or_null(NUMBER)),
        "met": {"type": "boolean"},
        **dict.fromkeys(("emulator_error", "emulator_miss"), or_null(POSITIVE)),
        "explained": NUMBER,
        "source": TEXT,
    },
    description="Simulated, low, high: mean and 90 % range of new simulations at draws of the "
    "posterior. Off: difference to the figure in standard errors of both.",
)

CALIBRATE_ANSWERS = {
    "calibrate": an_object(
        {
            **dict.fromkeys(("network", "digest", "version"), TEXT),
            "period": an_object(
                {"years": POSITIVE, "warm_up_weeks": or_null(COUNT), "scale": POSITIVE}
            ),
            **dict.fromkeys(("seed", "seeds_per_point", "points", "simulations", "draws"), COUNT),
            "independent_draws": POSITIVE,
            "accepted": SHARE,
            "unknowns": a_list(_UNKNOWN),
            "targets": a_list(_TARGET),
            "page": or_null(TEXT),
        }
    )
}

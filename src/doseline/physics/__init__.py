"""Numbers in, numbers out: decay and chains, vials, generators, dose rates, transport, release.

Nothing here reads a file, a clock or chance. Names end in their unit; activity is in Bq inside.

* :mod:`doseline.physics.units`: what people write ("7.4 GBq", "3 d"), and back.
* :mod:`doseline.physics.nuclides`: the nuclide table.
* :mod:`doseline.physics.decay`, :mod:`doseline.physics.chains`: one nuclide, and chains.
* :mod:`doseline.physics.vial`, :mod:`doseline.physics.generator`: what holds activity.
* :mod:`doseline.physics.dose_rate`, :mod:`doseline.physics.transport`,
  :mod:`doseline.physics.package`: from activity to dose rate, transport index, label and package.
* :mod:`doseline.physics.release`, :mod:`doseline.physics.waste`: patients and what they leave.
* :mod:`doseline.physics.limits`: the numbers of the law, dated and sourced.
"""

"""Policies of one's own: each is told numbers, and answers with a number or True or False.

    doseline simulate examples/tiny --priority examples/policies/local.py:turns

What each is given is in docs/simulate.md. The compiled engine takes numbers, arrays and the module
math; `--engine plain` takes any Python.
"""


def near_unless_long(km, size, load, takes, draw):
    """The nearest place with a line under four weeks; if none, the one with the shortest line."""
    best, least = -1, 1e9
    for at in range(len(km)):
        if takes[at] and size[at] > 0.0:
            weeks = load[at] / size[at]
            if weeks < 4.0:
                return at
            if weeks < least:
                best, least = at, weeks
    return best


def turns(kind, waited, attempts, week, draw):
    """Every fourth week new starts come first, otherwise courses under way; then who waits longest."""
    first = 0 if week % 4 == 0 else 1
    return -waited - (1e7 if kind == first else 0.0)


def quietest_of_three(kind, listed, size):
    """A first dose for the week with the fewest orders of the next three, a later one at once."""
    best = 0
    if kind == 0:
        for later in range(1, 3):
            if listed[later] < listed[best]:
                best = later
    return best


def three_or_two_weeks(orders, capacity, waited, week):
    """A batch of three orders or more, or one of whose patients has waited two weeks."""
    return orders >= 3 or waited >= 14.0

"""The journey of a patient from the clock start to the order: stages, lines and servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.world import NOWHERE, Places, Stage
from doseline.simulate.twin.draws import Length

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.engine.world import Bools, Floats
    from doseline.simulate.twin.state import Line, Patient, Server, State

_OUT_OF_REACH = LINKS.index("out_of_reach")
_NOT_OFFERED = LINKS.index("not_offered")
_CANNOT_PAY = LINKS.index("cannot_pay")
_DENIED = LINKS.index("authorisation_denied")


@dataclass(slots=True)
class Journeys:
    """The rules by which patients go from stage to stage."""

    state: State

    def enter(self, patient: Patient, stage: int, day: float) -> None:
        """A patient reaches a stage."""
        patient.stage = stage
        if patient.exit_day <= day:
            self.state.leave(patient, stage)
            return
        kind = Stage(int(self.state.world.journey.kind[patient.product, stage]))
        self._rule(kind)(patient, day)

    def _rule(self, kind: Stage) -> Callable[[Patient, float], None]:
        return {
            Stage.END: self._end,
            Stage.REACH: self._reach,
            Stage.DELAY: self._delay,
            Stage.STATION: self._station,
            Stage.POSITIVE: self._positive,
            Stage.SITE: self._site,
            Stage.CANNOT_PAY: self._cannot_pay,
            Stage.AUTHORISE: self._authorise,
            Stage.ORDER: self._order,
        }[kind]

    # -- stages ------------------------------------------------------------------------------

    def _end(self, patient: Patient, day: float) -> None:
        patient.fate, patient.fate_day = Fate.DONE, day
        self.state.tell(day, patient, Event.DONE)

    def _reach(self, patient: Patient, day: float) -> None:
        if self.state.world.reach[patient.product, patient.region] and self._passes(patient):
            self._go_on(patient, day)
        else:
            self.state.lose(patient, self._link(patient), day)

    def _delay(self, patient: Patient, day: float) -> None:
        journey, at = self.state.world.journey, (patient.product, patient.stage)
        law = Length(journey.law[at], journey.first[at], journey.second[at])
        radius, angle = self._purpose(patient, 1), self._purpose(patient, 2)
        length = self.state.draws.duration(law, radius, angle, patient.key)
        self._pass_time(patient, day, length, self._delay_over)

    def _delay_over(self, patient: Patient, day: float) -> None:
        if self._passes(patient):
            self._go_on(patient, day)
        else:
            self.state.lose(patient, self._link(patient), day)

    def _positive(self, patient: Patient, day: float) -> None:
        if self.state.number("positive", patient) < self._share(patient):
            self._go_on(patient, day)
        else:
            patient.fate, patient.fate_day = Fate.NOT_ELIGIBLE, day
            self.state.tell(day, patient, Event.NOT_ELIGIBLE)

    def _cannot_pay(self, patient: Patient, day: float) -> None:
        share = self.state.world.payers.cannot_pay[patient.payer]
        if self.state.number("cannot pay", patient) < share:
            self.state.lose(patient, self._link(patient), day)
        else:
            self._go_on(patient, day)

    def _authorise(self, patient: Patient, day: float) -> None:
        payers, of = self.state.world.payers, patient.payer
        law = Length(payers.law[of], payers.first[of], payers.second[of])
        length = self._decision_time(patient, law, "authorisation delay")
        self._pass_time(patient, day, length, self._decided)

    def _decided(self, patient: Patient, day: float) -> None:
        payers, of = self.state.world.payers, patient.payer
        if self.state.number("authorisation denied", patient) >= payers.denied[of]:
            self._go_on(patient, day)
        elif self.state.number("appeal", patient) >= payers.appeals[of]:
            self.state.lose(patient, _DENIED, day)
        else:
            law = Length(payers.appeal_law[of], payers.appeal_first[of], payers.appeal_second[of])
            length = self._decision_time(patient, law, "appeal delay")
            self._pass_time(patient, day, length, self._appeal_decided)

    def _appeal_decided(self, patient: Patient, day: float) -> None:
        won = self.state.world.payers.won[patient.payer]
        if self.state.number("appeal won", patient) >= won:
            self.state.lose(patient, _DENIED, day)
        else:
            self._go_on(patient, day)

    def _order(self, patient: Patient, day: float) -> None:
        patient.due = patient.since = day
        self.state.order(patient, self.state.week_of_order(patient.product, day))
        if patient.order_week is not None:
            self.state.tell(day, patient, Event.ORDERED, patient.order_week)

    # -- treatment sites ---------------------------------------------------------------------

    def _site(self, patient: Patient, day: float) -> None:
        """The first of four filters that leaves no site names the link of the loss."""
        sites, product = self.state.world.sites, patient.product
        place = sites.places.place[patient.region]
        near = self._near(patient, sites.places)
        unblocked = [k for k in near if sites.blocked[place[k], product] == NOWHERE]
        offering = [k for k in unblocked if sites.offers[place[k], product, patient.payer]]
        listed = [k for k in offering if sites.listed_from[place[k], product] <= day]
        if not near:
            self.state.lose(patient, _OUT_OF_REACH, day)
        elif not unblocked:
            self.state.lose(patient, sites.blocked[place[near[0]], product], day)
        elif not offering:
            self.state.lose(patient, _NOT_OFFERED, day)
        elif not listed:
            self.state.lose(patient, _CANNOT_PAY, day)
        else:
            self._choose_site(patient, listed, day)

    def _choose_site(self, patient: Patient, among: list[int], day: float) -> None:
        state = self.state
        places = state.world.sites.places
        waiting = [0.0] * len(places.size)
        for listed in state.lists[state.weeks_begun :]:
            for other in listed:
                waiting[other.site] += 1.0
        km, size, load, takes = _facts(places, patient.region, among, waiting)
        draw = state.number("site", patient)
        chosen = int(state.policies.site_choice(km, size, load, takes, draw))
        if chosen not in among:
            state.lose(patient, _NOT_OFFERED, day)
            return
        patient.site = int(places.place[patient.region, chosen])
        state.tell(day, patient, Event.CHOSE, patient.site)
        self._go_on(patient, day)

    # -- stations ----------------------------------------------------------------------------

    def _station(self, patient: Patient, day: float) -> None:
        state, stations = self.state, self.state.world.stations
        at = (patient.product, patient.stage)
        refused = state.world.journey.refused[at]
        places = stations.catchments[int(state.world.journey.places[at])]
        place = places.place[patient.region]
        among = [k for k in self._near(patient, places) if stations.open_from[place[k]] <= day]
        if not among or not self._passes(patient):
            state.lose(patient, refused, day)
            return
        waiting = [float(len(line.waiting)) for line in state.lines]
        km, size, load, takes = _facts(places, patient.region, among, waiting)
        draw = state.number("scanner", patient)
        chosen = int(state.policies.station_choice(km, size, load, takes, draw))
        if chosen not in among:
            state.lose(patient, refused, day)
        else:
            self._join(patient, state.lines[place[chosen]], day)

    def _join(self, patient: Patient, line: Line, day: float) -> None:
        patient.station = line.station
        self.state.tell(day, patient, Event.JOINED, line.station)
        most = self.state.world.stations.most_waiting[line.station]
        server = line.idle()
        if server is not None:
            patient.joined = day
            self._start(server, patient, day)
        elif 0 <= most <= len(line.waiting):
            self.state.lose(patient, self._link(patient), day)
        else:
            patient.joined = day
            line.waiting.append(patient)

    def _start(self, server: Server, patient: Patient, day: float) -> None:
        """A service starts: with a slot the patient goes on, else the server holds it."""
        state, stations = self.state, self.state.world.stations
        self._end_wait(patient, day)
        state.tell(day, patient, Event.STARTED, server.station)
        state.account.services[max(int(day // 7.0), 0), server.station] += 1
        length = state.draws.service(stations, server.station, patient.key)
        server.busy = True
        state.expect_server(day + length, server)
        if stations.slot[server.station]:
            self._go_on(patient, day)
        else:
            server.held = patient

    def server_event(self, server: Server, day: float) -> None:
        """A service ends: the held patient goes on, then the next of the line is served."""
        held, server.held = server.held, None
        if held is not None:
            if held.exit_day <= day:
                self.state.leave(held, held.stage)
            else:
                self._go_on(held, day)
        line = self.state.lines[server.station]
        while line.waiting:
            patient = line.waiting.popleft()
            if patient.exit_day > day:
                self._start(server, patient, day)
                return
            self._end_wait(patient, patient.exit_day)
            self.state.leave(patient, patient.stage)
        server.busy = False

    # -- time --------------------------------------------------------------------------------

    def patient_event(self, patient: Patient, day: float) -> None:
        """The clock start of a patient, or the end of its delay."""
        if patient.then is None:
            self.enter(patient, 0, day)
        else:
            self._time_passed(patient, day)

    def _pass_time(
        self, patient: Patient, day: float, length: float, then: Callable[[Patient, float], None]
    ) -> None:
        patient.wait[self._link(patient)] += length
        patient.delay_ends, patient.then = day + length, then
        if length == 0.0:
            self._time_passed(patient, day)
        else:
            self.state.expect_patient(day + length, patient)

    def _time_passed(self, patient: Patient, day: float) -> None:
        then, patient.then, patient.delay_ends = patient.then, None, None
        if patient.exit_day <= day:
            patient.wait[self._link(patient)] -= day - patient.exit_day
            self.state.leave(patient, patient.stage)
        elif then is not None:
            then(patient, day)

    def _end_wait(self, patient: Patient, day: float) -> None:
        if patient.joined is not None:
            patient.wait[self._link(patient)] += day - patient.joined
        patient.joined = None

    def at_horizon(self, patient: Patient) -> None:
        """Waits under way are counted up to the horizon, or to the clinical exit before it."""
        end = min(patient.exit_day, self.state.world.horizon)
        self._end_wait(patient, end)
        if patient.delay_ends is not None:
            patient.wait[self._link(patient)] -= patient.delay_ends - end

    # -- small words -------------------------------------------------------------------------

    def _go_on(self, patient: Patient, day: float) -> None:
        self.enter(patient, patient.stage + 1, day)

    def _link(self, patient: Patient) -> int:
        return int(self.state.world.journey.link[patient.product, patient.stage])

    def _share(self, patient: Patient) -> float:
        shares = self.state.world.journey.passes
        return float(shares[patient.product, patient.stage, patient.rural])

    def _purpose(self, patient: Patient, offset: int) -> str:
        first = int(self.state.world.journey.purpose[patient.product, patient.stage])
        return self.state.world.purposes[first + offset]

    def _passes(self, patient: Patient) -> bool:
        return self.state.number(self._purpose(patient, 0), patient) < self._share(patient)

    def _decision_time(self, patient: Patient, law: Length, of: str) -> float:
        return self.state.draws.duration(law, f"{of}/radius", f"{of}/angle", patient.key)

    def _near(self, patient: Patient, places: Places) -> list[int]:
        limit = self.state.world.journey.max_km[patient.product, patient.stage]
        place, km = places.place[patient.region], places.km[patient.region]
        return [k for k in range(len(place)) if place[k] >= 0 and km[k] <= limit]


def _facts(
    places: Places, region: int, among: list[int], waiting: list[float]
) -> tuple[Floats, Floats, Floats, Bools]:
    """What a policy of choice is shown: distance, size, load and openness of the places near.

    It cannot write in them: distances are the world's own.
    """
    place = places.place[region]
    size = [places.size[at] if at >= 0 else 0.0 for at in place]
    load = [waiting[at] if at >= 0 else 0.0 for at in place]
    takes = [k in among for k in range(len(place))]
    km, shown = places.km[region].view(), np.array([size, load])
    open_to = np.array(takes, dtype=np.bool_)
    for one in (km, shown, open_to):
        one.flags.writeable = False
    return km, shown[0], shown[1], open_to

"""Requests about access: authorisations, care teams, médecins traitants, blocks, emergencies, apps."""

from collections.abc import Sequence

from client.connection import HttpConnection, Id
from contracts.consent.apps import GrantedApp, GrantedApps
from contracts.consent.authorisations import Authorisation, EmergencyOpened, PatientDecisions, TeamAuthorisation
from contracts.identity.directory import DirectoryNames, ProfessionalsFound


class RightsRequests(HttpConnection):
    """Requests about access; `until` is RFC 3339 with offset, empty for the default duration."""

    def declare_consent(self, patient_id: Id, vitale_proof: str, **query: str) -> Authorisation:
        """Declare, as a professional, the consent the patient just gave."""
        path = f"/dmp/records/{patient_id}/authorisations"
        return self._send("POST", path, Authorisation, {"vitale_proof": vitale_proof}, **query)

    def circle(self, patient_id: Id) -> PatientDecisions:
        """Everything the patient decided about professionals."""
        return self._get(f"/dmp/records/{patient_id}/authorisations", PatientDecisions)

    def authorise(self, patient_id: Id, rpps: str, until: str = "") -> Authorisation:
        """Authorise a professional."""
        path = f"/dmp/records/{patient_id}/authorisations/{rpps}"
        return self._send("PUT", path, Authorisation, _until(until))

    def end_authorisation(self, patient_id: Id, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/authorisations/{rpps}")

    def authorise_team(self, patient_id: Id, finess: str, until: str = "") -> TeamAuthorisation:
        """Authorise everyone who works in a structure."""
        path = f"/dmp/records/{patient_id}/care-teams/{finess}"
        return self._send("PUT", path, TeamAuthorisation, _until(until))

    def end_team_authorisation(self, patient_id: Id, finess: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/care-teams/{finess}")

    def search_professionals(self, name: str, **more: str) -> ProfessionalsFound:
        """Look for a professional in the directory; `profession`: code of TRE_G15, `structure`: words of its name."""
        return self._send("POST", "/dmp/professionals/search", ProfessionalsFound, {"name": name, **more})

    def name_professionals(self, rpps: Sequence[str], structures: Sequence[str] = ()) -> DirectoryNames:
        """The names behind these numbers."""
        body = {"rpps": list(rpps), "structures": list(structures)}
        return self._send("POST", "/dmp/professionals/names", DirectoryNames, body)

    def name_medecin_traitant(self, patient_id: Id, rpps: str) -> None:
        self._request("PUT", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def dismiss_medecin_traitant(self, patient_id: Id, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def block(self, patient_id: Id, rpps: str) -> None:
        """Block a professional, as the patient or a médecin traitant."""
        self._request("PUT", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def unblock(self, patient_id: Id, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def apps(self, patient_id: Id) -> tuple[GrantedApp, ...]:
        """Apps the patient authorised."""
        return self._get(f"/dmp/records/{patient_id}/apps", GrantedApps).apps

    def revoke_app(self, patient_id: Id, app: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/apps/{app}")

    def break_glass(self, patient_id: Id, reason: str) -> EmergencyOpened:
        """Open emergency access by bris de glace."""
        return self.open_emergency(patient_id, "bris_de_glace", reason)

    def open_emergency(self, patient_id: Id, mode: str, reason: str) -> EmergencyOpened:
        """`mode`: bris_de_glace or centre_15."""
        body = {"mode": mode, "reason": reason}
        return self._send("POST", f"/dmp/records/{patient_id}/emergencies", EmergencyOpened, body)

    def set_opposed(self, patient_id: Id, mode: str, opposed: bool) -> None:
        """Oppose a mode of emergency access, or withdraw the opposition."""
        self._request("PUT" if opposed else "DELETE", f"/dmp/records/{patient_id}/oppositions/{mode}")

    def set_unmasking(self, patient_id: Id, unmasks: bool) -> None:
        """Set whether emergency access shows documents hidden from professionals."""
        self._request("PUT", f"/dmp/records/{patient_id}/unmasking", {"unmasks": unmasks})


def _until(until: str) -> dict[str, str]:
    return {"until": until} if until else {}

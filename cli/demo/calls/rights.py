"""Who may do what: authorisations, care teams, médecins traitants, blocks, emergencies, representatives."""

from typing import Any

from cli.demo.calls.connection import HttpConnection


class RightsCalls(HttpConnection):
    """What is asked about rights; `until` is RFC 3339 with its offset, and empty for the usual time."""

    def declare_consent(self, patient_id: str, vitale_proof: str) -> dict[str, Any]:
        """A professional declares the consent the patient just gave."""
        path = f"/dmp/records/{patient_id}/authorisations"
        return self._answer("POST", path, json={"vitale_proof": vitale_proof})

    def circle(self, patient_id: str) -> dict[str, Any]:
        """Those the patient has decided about."""
        return self._answer("GET", f"/dmp/records/{patient_id}/authorisations")

    def authorise(self, patient_id: str, rpps: str, until: str = "") -> dict[str, Any]:
        """The patient authorises a professional."""
        return self._answer("PUT", f"/dmp/records/{patient_id}/authorisations/{rpps}", json=_term(until))

    def end_authorisation(self, patient_id: str, rpps: str) -> None:
        """The patient ends a professional's authorisation."""
        self._send("DELETE", f"/dmp/records/{patient_id}/authorisations/{rpps}")

    def authorise_team(self, patient_id: str, finess: str, until: str = "") -> dict[str, Any]:
        """The patient authorises whoever works in a structure."""
        return self._answer("PUT", f"/dmp/records/{patient_id}/care-teams/{finess}", json=_term(until))

    def end_team_authorisation(self, patient_id: str, finess: str) -> None:
        """The patient ends a care team's authorisation."""
        self._send("DELETE", f"/dmp/records/{patient_id}/care-teams/{finess}")

    def name_medecin_traitant(self, patient_id: str, rpps: str) -> None:
        """The patient names a médecin traitant."""
        self._send("PUT", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def dismiss_medecin_traitant(self, patient_id: str, rpps: str) -> None:
        """The patient dismisses a médecin traitant."""
        self._send("DELETE", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def block(self, patient_id: str, rpps: str) -> None:
        """Keep a professional out; by the patient or a médecin traitant."""
        self._send("PUT", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def unblock(self, patient_id: str, rpps: str) -> None:
        """The patient lifts a block."""
        self._send("DELETE", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def apps(self, patient_id: str) -> list[dict[str, Any]]:
        """The apps the patient has let read."""
        found: list[dict[str, Any]] = self._answer("GET", f"/dmp/records/{patient_id}/apps")["apps"]
        return found

    def revoke_app(self, patient_id: str, app: str) -> None:
        """The patient takes back what an app was allowed."""
        self._send("DELETE", f"/dmp/records/{patient_id}/apps/{app}")

    def invite_carer(
        self, patient_id: str, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> dict[str, Any]:
        """The patient shares sections with somebody; the code is in the answer."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        return self._answer("POST", f"/dmp/records/{patient_id}/carers", json=body)

    def carers(self, patient_id: str) -> dict[str, Any]:
        """Carers, and invitations that wait."""
        return self._answer("GET", f"/dmp/records/{patient_id}/carers")

    def keep_representative(
        self, patient_id: str, representative: str, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> dict[str, Any]:
        """Of age, the patient lets who represented them go on as a carer."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        return self._answer("POST", f"/dmp/records/{patient_id}/representatives/{representative}/keeping", json=body)

    def withdraw_invitation(self, patient_id: str, invitation_id: str) -> None:
        """The patient takes an invitation back."""
        self._send("DELETE", f"/dmp/records/{patient_id}/invitations/{invitation_id}")

    def end_carer(self, patient_id: str, carer: str) -> None:
        """The patient ends a sharing, or the carer steps back."""
        self._send("DELETE", f"/dmp/records/{patient_id}/carers/{carer}")

    def answer_invitation(self, code: str, *, accepted: bool) -> list[dict[str, Any]]:
        """Become a carer, or decline; whom one may act for now."""
        return self._profiles(self._answer("POST", "/me/invitations", json={"code": code, "accepted": accepted}))

    def profiles(self) -> list[dict[str, Any]]:
        """Whom one may act for."""
        return self._profiles(self._answer("GET", "/me/profiles"))

    def _profiles(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = answer["profiles"]
        return found

    def break_glass(self, patient_id: str, reason: str) -> dict[str, Any]:
        """Open an emergency access."""
        return self.open_emergency(patient_id, "bris_de_glace", reason)

    def open_emergency(self, patient_id: str, mode: str, reason: str) -> dict[str, Any]:
        """Open an emergency access; `mode`: bris_de_glace or centre_15."""
        return self._answer("POST", f"/dmp/records/{patient_id}/emergencies", json={"mode": mode, "reason": reason})

    def set_opposed(self, patient_id: str, mode: str, opposed: bool) -> None:
        """The patient opposes a mode of emergency access beforehand, or no longer does."""
        self._send("PUT" if opposed else "DELETE", f"/dmp/records/{patient_id}/oppositions/{mode}")

    def set_unmasking(self, patient_id: str, unmasks: bool) -> None:
        """Whether an emergency shows what is hidden from professionals."""
        self._send("PUT", f"/dmp/records/{patient_id}/unmasking", json={"unmasks": unmasks})

    def name_representative(
        self, patient_id: str, representative_proof: str, kind: str, evidence: str
    ) -> dict[str, Any]:
        """An agent files a legal representative; `kind`: mineur or majeur_protege."""
        wish = {"representative_proof": representative_proof, "kind": kind, "evidence": evidence}
        return self._answer("POST", f"/dmp/records/{patient_id}/representatives", json=wish)

    def end_representation(self, patient_id: str, representative: str) -> None:
        """An agent ends a representation, or the representative steps back."""
        self._send("DELETE", f"/dmp/records/{patient_id}/representatives/{representative}")


def _term(until: str) -> dict[str, str]:
    return {"until": until} if until else {}

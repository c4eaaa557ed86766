"""Calls about access: authorisations, care teams, médecins traitants, blocks, emergencies, representatives."""

from typing import Any

from client.connection import HttpConnection


class RightsCalls(HttpConnection):
    """Calls about access; `until` is RFC 3339 with offset, empty for the default duration."""

    def declare_consent(self, patient_id: str, vitale_proof: str) -> dict[str, Any]:
        """Declare, as a professional, the consent the patient just gave."""
        path = f"/dmp/records/{patient_id}/authorisations"
        return self._request_json("POST", path, json={"vitale_proof": vitale_proof})

    def circle(self, patient_id: str) -> dict[str, Any]:
        """Everything the patient decided about professionals."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/authorisations")

    def authorise(self, patient_id: str, rpps: str, until: str = "") -> dict[str, Any]:
        """Authorise a professional."""
        return self._request_json("PUT", f"/dmp/records/{patient_id}/authorisations/{rpps}", json=_until(until))

    def end_authorisation(self, patient_id: str, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/authorisations/{rpps}")

    def authorise_team(self, patient_id: str, finess: str, until: str = "") -> dict[str, Any]:
        """Authorise everyone who works in a structure."""
        return self._request_json("PUT", f"/dmp/records/{patient_id}/care-teams/{finess}", json=_until(until))

    def end_team_authorisation(self, patient_id: str, finess: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/care-teams/{finess}")

    def name_medecin_traitant(self, patient_id: str, rpps: str) -> None:
        self._request("PUT", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def dismiss_medecin_traitant(self, patient_id: str, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def block(self, patient_id: str, rpps: str) -> None:
        """Block a professional, as the patient or a médecin traitant."""
        self._request("PUT", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def unblock(self, patient_id: str, rpps: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/blocked/{rpps}")

    def apps(self, patient_id: str) -> list[dict[str, Any]]:
        """Apps the patient authorised."""
        found: list[dict[str, Any]] = self._request_json("GET", f"/dmp/records/{patient_id}/apps")["apps"]
        return found

    def revoke_app(self, patient_id: str, app: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/apps/{app}")

    def invite_carer(
        self, patient_id: str, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> dict[str, Any]:
        """Share sections with a carer; the reply contains the invitation code."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        return self._request_json("POST", f"/dmp/records/{patient_id}/carers", json=body)

    def carers(self, patient_id: str) -> dict[str, Any]:
        """Carers and open invitations."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/carers")

    def keep_representative(
        self, patient_id: str, representative: str, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> dict[str, Any]:
        """Keep a former representative as a carer, by the holder who came of age."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        return self._request_json(
            "POST", f"/dmp/records/{patient_id}/representatives/{representative}/keeping", json=body
        )

    def withdraw_invitation(self, patient_id: str, invitation_id: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/invitations/{invitation_id}")

    def end_carer(self, patient_id: str, carer: str) -> None:
        """End a carer's access, as the holder or the carer."""
        self._request("DELETE", f"/dmp/records/{patient_id}/carers/{carer}")

    def answer_invitation(self, code: str, *, accepted: bool) -> list[dict[str, Any]]:
        """Accept or decline an invitation; returns the caller's profiles."""
        return self._profiles(
            self._request_json("POST", "/me/invitations", json={"code": code, "accepted": accepted})
        )

    def profiles(self) -> list[dict[str, Any]]:
        """Records the caller may act on besides their own."""
        return self._profiles(self._request_json("GET", "/me/profiles"))

    def _profiles(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = answer["profiles"]
        return found

    def break_glass(self, patient_id: str, reason: str) -> dict[str, Any]:
        """Open emergency access by bris de glace."""
        return self.open_emergency(patient_id, "bris_de_glace", reason)

    def open_emergency(self, patient_id: str, mode: str, reason: str) -> dict[str, Any]:
        """`mode`: bris_de_glace or centre_15."""
        return self._request_json(
            "POST", f"/dmp/records/{patient_id}/emergencies", json={"mode": mode, "reason": reason}
        )

    def set_opposed(self, patient_id: str, mode: str, opposed: bool) -> None:
        """Oppose a mode of emergency access, or withdraw the opposition."""
        self._request("PUT" if opposed else "DELETE", f"/dmp/records/{patient_id}/oppositions/{mode}")

    def set_unmasking(self, patient_id: str, unmasks: bool) -> None:
        """Set whether emergency access shows documents hidden from professionals."""
        self._request("PUT", f"/dmp/records/{patient_id}/unmasking", json={"unmasks": unmasks})

    def name_representative(
        self, patient_id: str, representative_proof: str, kind: str, evidence: str
    ) -> dict[str, Any]:
        """Register a legal representative, as an agent; `kind`: mineur or majeur_protege."""
        body = {"representative_proof": representative_proof, "kind": kind, "evidence": evidence}
        return self._request_json("POST", f"/dmp/records/{patient_id}/representatives", json=body)

    def end_representation(self, patient_id: str, representative: str) -> None:
        """End a representation, as an agent or as the representative."""
        self._request("DELETE", f"/dmp/records/{patient_id}/representatives/{representative}")


def _until(until: str) -> dict[str, str]:
    return {"until": until} if until else {}

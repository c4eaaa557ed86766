"""Requests about who else acts on a record: carers, invitations, legal representatives, profiles."""

from client.connection import HttpConnection, Id
from contracts.consent.carers import Carers, Invitation, Profile, Profiles
from contracts.consent.heirs import HeirAccess
from contracts.consent.representations import Representation, RepresentationEnding
from contracts.identity.deaths import Death, DeathUndone
from contracts.identity.joins import IdentitiesSeparated, Join
from contracts.identity.numbers import InsNumbers
from contracts.vocabulary import Ins


class CarerRequests(HttpConnection):
    """Requests about carers and legal representatives; `sections`: those shared with a carer."""

    def invite_carer(
        self, patient_id: Id, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> Invitation:
        """Share sections with a carer; the reply contains the invitation code."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        return self._send("POST", f"/dmp/records/{patient_id}/carers", Invitation, body)

    def carers(self, patient_id: Id) -> Carers:
        """Carers and open invitations."""
        return self._get(f"/dmp/records/{patient_id}/carers", Carers)

    def keep_representative(
        self, patient_id: Id, representative: Id, sections: tuple[str, ...], carer_label: str, holder_label: str
    ) -> Carers:
        """Keep a former representative as a carer, by the holder who came of age."""
        body = {"sections": sections, "carer_label": carer_label, "holder_label": holder_label}
        path = f"/dmp/records/{patient_id}/representatives/{representative}/keeping"
        return self._send("POST", path, Carers, body)

    def withdraw_invitation(self, patient_id: Id, invitation_id: Id) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/invitations/{invitation_id}")

    def end_carer(self, patient_id: Id, carer: Id) -> None:
        """End a carer's access, as the holder or the carer."""
        self._request("DELETE", f"/dmp/records/{patient_id}/carers/{carer}")

    def answer_invitation(self, code: str, *, accepted: bool) -> tuple[Profile, ...]:
        """Accept or decline an invitation; returns the caller's profiles."""
        return self._send("POST", "/me/invitations", Profiles, {"code": code, "accepted": accepted}).profiles

    def profiles(self) -> tuple[Profile, ...]:
        """Records the caller may act on besides their own."""
        return self._get("/me/profiles", Profiles).profiles

    def set_heirs_opposed(self, patient_id: Id, opposed: bool) -> None:
        """Oppose that heirs read anything after one's death, or withdraw it."""
        self._request("PUT" if opposed else "DELETE", f"/dmp/records/{patient_id}/heirs-opposition")

    def open_to_heir(self, patient_id: Id, heir: Id, **terms: object) -> HeirAccess:
        """Open sections to an heir, as one of two agents who send the same.

        `terms`: `quality`, `purpose`, `sections` and `evidence`.
        """
        return self._send("PUT", f"/dmp/records/{patient_id}/heirs/{heir}", HeirAccess, terms)

    def end_heir_access(self, patient_id: Id, heir: Id) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/heirs/{heir}")

    def change_ins(self, patient_id: Id, ins: Ins, evidence: str, **terms: object) -> InsNumbers:
        """Give a person another INS, as one of two agents who send the same; `terms`: `sex`, `keeps_former`."""
        body = {"ins": {"matricule": ins.matricule, "oid": ins.oid}, "evidence": evidence, **terms}
        return self._send("PUT", f"/dmp/records/{patient_id}/ins", InsNumbers, body)

    def join_identities(self, patient_id: Id, other: Id, evidence: str) -> Join:
        """State that two identities are of one person, as one of two agents who send the same."""
        body = {"other": str(other), "evidence": evidence}
        return self._send("PUT", f"/dmp/records/{patient_id}/join", Join, body)

    def separate_identities(self, patient_id: Id, other: Id, evidence: str) -> IdentitiesSeparated:
        """Undo a join, as one of two agents who send the same."""
        body = {"other": str(other), "evidence": evidence}
        return self._send("POST", f"/dmp/records/{patient_id}/join/undoing", IdentitiesSeparated, body)

    def report_death(self, patient_id: Id, died_on: str, certificate: str) -> Death:
        """Report a death, as one of two agents who send the same."""
        body = {"died_on": died_on, "certificate": certificate}
        return self._send("PUT", f"/dmp/records/{patient_id}/death", Death, body)

    def undo_death(self, patient_id: Id, evidence: str) -> DeathUndone:
        """Undo a wrong report of a death, as one of two agents who send the same."""
        return self._send("POST", f"/dmp/records/{patient_id}/death/undoing", DeathUndone, {"evidence": evidence})

    def name_representative(
        self, patient_id: Id, representative_proof: str, kind: str, evidence: dict[str, str]
    ) -> Representation:
        """Request to name a legal representative, as an agent; `kind`: mineur or majeur_protege.

        `evidence`: the fields `evidence_kind`, `evidence_on` and `evidence`.
        """
        body = {"representative_proof": representative_proof, "kind": kind, **evidence}
        return self._send("POST", f"/dmp/records/{patient_id}/representatives", Representation, body)

    def request_end_of_representation(
        self, patient_id: Id, representative: Id, evidence: dict[str, str]
    ) -> RepresentationEnding:
        """Request the end of a representation, as an agent; `evidence` as in `name_representative`."""
        path = f"/dmp/records/{patient_id}/representatives/{representative}/ending"
        return self._send("POST", path, RepresentationEnding, evidence)

    def end_representation(self, patient_id: Id, representative: Id) -> None:
        """End a representation, as the representative."""
        self._request("DELETE", f"/dmp/records/{patient_id}/representatives/{representative}")

    def confirm_representation(self, patient_id: Id, representative: Id, *, ends: bool = False) -> None:
        """Confirm a colleague's request, as a second agent; `ends`: it was to end the representation."""
        self._about_request("confirmation", patient_id, representative, ends=ends)

    def withdraw_representation(self, patient_id: Id, representative: Id, *, ends: bool = False) -> None:
        """Withdraw the organisation's request, as an agent."""
        self._about_request("withdrawal", patient_id, representative, ends=ends)

    def contest_representation(self, patient_id: Id, representative: Id, *, ends: bool = False) -> None:
        """Contest the waiting requests about this person, as the holder or a representative."""
        self._about_request("contestation", patient_id, representative, ends=ends)

    def _about_request(self, act: str, patient_id: Id, representative: Id, *, ends: bool) -> None:
        path = f"/dmp/records/{patient_id}/representatives/{representative}/{act}"
        self._request("POST", path, {"ends": ends})

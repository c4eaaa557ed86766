"""The desk of the consent service: one function per verb; everything they need is handed in."""

from services.consent.actions.apps import (
    grant_app,
    list_apps,
    list_in_catalogue,
    revoke_app,
    strike_from_catalogue,
)
from services.consent.actions.carers import (
    answer_invitation,
    end_carer,
    invite_carer,
    keep_representative,
    list_carers,
    list_profiles,
    withdraw_invitation,
)
from services.consent.actions.deciding import decide
from services.consent.actions.destruction import forget_record
from services.consent.actions.emergencies import open_emergency
from services.consent.actions.matrices import list_matrices, load_matrix
from services.consent.actions.professionals import (
    block,
    declare_authorisation,
    dismiss_medecin_traitant,
    end_authorisation,
    end_team_authorisation,
    give_authorisation,
    give_team_authorisation,
    name_medecin_traitant,
    unblock,
)
from services.consent.actions.representatives import end_representation, name_representative
from services.consent.actions.settings import set_opposition, set_unmasking
from services.consent.actions.standing import circle, list_my_patients, standing

__all__ = [
    "answer_invitation",
    "block",
    "circle",
    "decide",
    "declare_authorisation",
    "dismiss_medecin_traitant",
    "end_authorisation",
    "end_carer",
    "end_representation",
    "end_team_authorisation",
    "forget_record",
    "give_authorisation",
    "give_team_authorisation",
    "grant_app",
    "invite_carer",
    "keep_representative",
    "list_apps",
    "list_carers",
    "list_in_catalogue",
    "list_matrices",
    "list_my_patients",
    "list_profiles",
    "load_matrix",
    "name_medecin_traitant",
    "name_representative",
    "open_emergency",
    "revoke_app",
    "set_opposition",
    "set_unmasking",
    "standing",
    "strike_from_catalogue",
    "unblock",
    "withdraw_invitation",
]

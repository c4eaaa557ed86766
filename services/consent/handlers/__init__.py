"""The desk of the consent service: one function per verb; everything they need is handed in."""

from services.consent.handlers.apps import (
    grant_app,
    list_apps,
    list_in_catalogue,
    revoke_app,
    strike_from_catalogue,
)
from services.consent.handlers.carers import (
    answer_invitation,
    end_carer,
    invite_carer,
    keep_representative,
    list_carers,
    list_profiles,
    withdraw_invitation,
)
from services.consent.handlers.circle import authorisation_status, circle, list_my_patients
from services.consent.handlers.deciding import decide
from services.consent.handlers.destruction import forget_record
from services.consent.handlers.emergencies import open_emergency
from services.consent.handlers.matrices import list_matrices, load_matrix
from services.consent.handlers.professionals import (
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
from services.consent.handlers.representatives import end_representation, name_representative
from services.consent.handlers.settings import set_opposition, set_unmasking

__all__ = [
    "answer_invitation",
    "authorisation_status",
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
    "strike_from_catalogue",
    "unblock",
    "withdraw_invitation",
]

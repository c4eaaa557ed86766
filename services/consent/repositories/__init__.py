"""The SQL of the consent service: facts about records, invitations of carers, versions of the matrix."""

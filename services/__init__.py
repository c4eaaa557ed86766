"""The flats: one folder per service, all with the same rooms."""

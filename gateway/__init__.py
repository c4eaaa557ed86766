"""The street door: greets, checks papers, asks the flats, shows their answers; it decides nothing by itself."""

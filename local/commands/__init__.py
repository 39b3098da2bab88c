"""The commands of finops, one module each."""

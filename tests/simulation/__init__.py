"""The whole order path on virtual time from one seed, with faults, against a venue that is the referee."""

"""Who gets what and when? Decisions over an argument `now`; moments are seconds in int64."""

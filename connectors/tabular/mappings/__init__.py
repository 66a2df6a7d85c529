"""Ready-made mappings, as data: one YAML file for each kind of export."""

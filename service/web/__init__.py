"""Pages for people: where everything is found, the map, and an asset with its figures explained."""

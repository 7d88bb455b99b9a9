"""The ground floor: what any service of this kind needs, in which no word of the domain may appear."""

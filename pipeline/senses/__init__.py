"""Usage vectors and people's labels -> proposed senses, evidence, ambiguity, shares."""

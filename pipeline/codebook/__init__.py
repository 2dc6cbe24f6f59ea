"""The thematic codebook -> machine codings and emergent topics; exchange with other tools."""

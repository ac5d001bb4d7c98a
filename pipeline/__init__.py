"""The use cases (index, search, status, remove) and the settings that they run with."""

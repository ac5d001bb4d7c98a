"""The HTTP interface for other programs: search, browse, submit, status, pictures and films."""

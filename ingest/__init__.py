"""File → frames → clips: decoding, sampling, and where clips begin and end."""

"""The figures in the README and in the notes come from here."""

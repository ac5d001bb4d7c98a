"""The page that `clipseek up` serves: search, browse and look after one library, in a browser."""

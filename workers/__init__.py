"""Indexing by several processes: tasks, the services that carry them, and their supervisor."""

"""Clip records in Milvus: written, searched, filtered and deleted."""

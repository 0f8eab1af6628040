"""The lake as Parquet files in a folder."""

from parrot.adapters.lake.files.lake import FileLake

__all__ = ["FileLake"]

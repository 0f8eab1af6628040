"""The lake as Parquet objects in a bucket of S3, or of anything that speaks its language."""

from parrot.adapters.lake.s3.bucket import Bucket
from parrot.adapters.lake.s3.lake import S3Lake

__all__ = ["Bucket", "S3Lake"]

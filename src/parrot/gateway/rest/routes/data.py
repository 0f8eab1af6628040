"""Market data over HTTP: what the lakes hold, how good it is, downloads and imports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.data import (
    DataFacts,
    DataJob,
    DataJobs,
    DownloadBody,
    JobKind,
    QualityBody,
    SeriesPage,
    UploadBody,
)
from parrot.gateway.rest.paging import After, Limit, page_of
from parrot.gateway.rest.ports.data import DataDoor

Reader = Annotated[Principal, allowed(Permission.DATA_READ)]
Writer = Annotated[Principal, allowed(Permission.DATA_WRITE)]
Part = Annotated[str, Query(max_length=60)]


def routes(data: DataDoor) -> APIRouter:
    """The routes of market data."""
    router = APIRouter(tags=["data"])
    _jobs(router, data)

    @router.get("/data", operation_id="data_facts", response_model=DataFacts)
    def facts(_: Reader) -> Any:
        """Which exchanges history can be downloaded from, which calendars there are, how large a file may be."""
        return data.facts()

    @router.get("/data/series", operation_id="list_series", response_model=SeriesPage)
    def series(_: Reader, text: Part = "", kind: Part = "", limit: Limit = 500, after: After = "") -> Any:
        """Every series of the lakes: what it is, from when to when, how many rows and bytes."""
        words = text.casefold()
        rows = [
            row
            for row in data.series()
            if words in row["source"].casefold() and (not kind or row["kind"].partition("_")[0] == kind)
        ]
        items, more = page_of(rows, after=after, limit=limit, key=lambda row: str(row["source"]))
        return {
            "items": items,
            "next": more,
            "total_series": len(rows),
            "total_rows": sum(row["rows"] for row in rows),
            "total_bytes": sum(row["bytes"] for row in rows),
        }

    @router.post("/data/downloads", operation_id="start_download", status_code=202, response_model=DataJob)
    def download(body: DownloadBody, who: Writer) -> Any:
        """Fetches history of an exchange into the lake, in a process of its own."""
        return data.download(who, body.model_dump())

    @router.post("/data/imports/upload", operation_id="import_file", status_code=202, response_model=DataJob)
    def upload(body: UploadBody, who: Writer) -> Any:
        """Takes a file of bars (CSV, Parquet, JSON) and imports it, in a process of its own."""
        return data.upload(who, body.model_dump())

    @router.post("/data/quality", operation_id="start_quality", status_code=202, response_model=DataJob)
    def quality(body: QualityBody, who: Writer) -> Any:
        """Looks for gaps, duplicates, spikes and more in a series, in a process of its own."""
        return data.quality(who, body.source, body.calendar)

    return router


def _jobs(router: APIRouter, data: DataDoor) -> None:
    @router.get("/data/jobs", operation_id="list_data_jobs", response_model=DataJobs)
    def jobs(_: Reader, kind: JobKind | None = None, limit: Limit = 50, after: After = "") -> Any:
        """Downloads, imports and looks at quality, newest first."""
        rows = [row for row in data.jobs() if kind is None or row["kind"] == kind]
        items, more = page_of(rows, after=after, limit=limit, key=lambda row: str(row["id"]))
        return {"items": items, "next": more}

    @router.get("/data/jobs/{job_id}", operation_id="get_data_job", response_model=DataJob)
    def job(job_id: str, _: Reader) -> Any:
        """One of them: how far it is, and what came of it."""
        return data.job(job_id)

    @router.post("/data/jobs/{job_id}/cancel", operation_id="cancel_data_job", response_model=DataJob)
    def cancel(job_id: str, who: Writer) -> Any:
        """Ends a job; what a download fetched stays in the lake."""
        return data.cancel(who, job_id)

    @router.post("/data/jobs/{job_id}/again", operation_id="repeat_data_job", status_code=202, response_model=DataJob)
    def again(job_id: str, who: Writer) -> Any:
        """The same once more: a download goes on where it ended."""
        return data.again(who, job_id)

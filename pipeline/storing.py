"""From finished segments to the catalog: what the only writer does."""

from catalog.interface import ClipRecord, ClipStore, VideoRecord
from ingest.thumbnails import remove_thumbnails
from pipeline.batches import batched
from pipeline.clip_files import read_clips_file, space_of
from pipeline.jobs import STORE, Ending, Job, Outcome, Plan
from pipeline.leases import hold
from pipeline.library import Library
from pipeline.steps import Workplace, send_due

CLIPS_PER_WRITE = 64
"""One request to the catalog for some minutes of video."""


def store_video(place: Workplace, video_id: str, *, library: Library) -> None:
    """Write the finished segments of a video to the catalog, and finish the job after the last.

    Raises what may pass, and ``LeaseHeldError`` where another worker is at it.
    """
    job = place.jobs.get(video_id)
    if not job.exists() or job.outcome() is not None:
        return
    with hold(job.lease(STORE), place.run):
        if job.outcome() is not None:
            return
        refusal, plan = job.refusal(), job.plan()
        if refusal is not None:
            _fail(job, library, refusal)
        elif plan is not None:
            _store(place, job, plan, library)


def _store(place: Workplace, job: Job, plan: Plan, library: Library) -> None:
    if not job.is_begun():
        # An interrupted run may have left clips, cut perhaps by other settings.
        library.store.delete_video(job.video_id)
        job.mark_begun()
    numbers = range(len(plan.segments))
    # Looked at once: what is settled from here on has its own message.
    settled = [n for n in numbers if job.is_settled(n)]
    finished = [n for n in settled if job.clips_file(n).exists()]
    new = [n for n in finished if not job.is_stored(n)]
    # The same to the end: a library may be re-indexed with another encoder at any time, and then
    # has nothing any more of what was stored before.
    store = library.store
    if _encode_anew_what_is_foreign(place, job, finished, space=store.space.name):
        return
    for records in batched((r for n in new for r in _clips(job, n)), CLIPS_PER_WRITE):
        if not job.exists():
            return
        store.upsert_clips(records)
    if new:
        store.flush()
        for number in new:
            job.mark_stored(number)
    if len(settled) == len(numbers):
        _finish(job, plan, finished, library, store)


def _encode_anew_what_is_foreign(
    place: Workplace, job: Job, numbers: list[int], *, space: str
) -> bool:
    """Have segments encoded again whose embeddings are of an encoder used before."""
    foreign = [n for n in numbers if space_of(job.clips_file(n)) != space]
    for number in foreign:
        made_with = space_of(job.clips_file(number))
        if job.is_repeated(number):
            job.set_aside(number, f"it was described by {made_with}; index it again")
        job.mark_repeated(number)
        job.drop_clips(number)
    if foreign:
        send_due(place, job)
    return bool(foreign)


def _clips(job: Job, number: int) -> list[ClipRecord]:
    path = job.clips_file(number)
    return read_clips_file(path, video_id=job.video_id, video=job.order().path)


def _finish(job: Job, plan: Plan, finished: list[int], library: Library, store: ClipStore) -> None:
    order = job.order()
    clips = [record for number in finished for record in _clips(job, number)]
    reasons = [job.why_set_aside(n) for n in range(len(plan.segments)) if n not in finished]
    error = _set_aside(job, plan, [reason for reason in reasons if reason])
    if not clips:
        _fail(job, library, error or f"{order.path}: holds no clip; leave it out")
        return
    seconds = plan.duration_seconds or clips[-1].span.end_seconds
    store.upsert_video(
        VideoRecord(
            video_id=order.video_id,
            path=order.path,
            size_bytes=order.size_bytes,
            modified_ns=order.modified_ns,
            duration_seconds=seconds,
            clip_count=len(clips),
            width=plan.width,
            height=plan.height,
        )
    )
    store.flush()
    remove_thumbnails(
        job.video_id, library.thumbnails, but_of=frozenset(clip.clip_id for clip in clips)
    )
    ending = Ending.INCOMPLETE if error else Ending.READY
    job.finish(Outcome(ending, len(clips), seconds, error))


def _set_aside(job: Job, plan: Plan, reasons: list[str]) -> str:
    if not reasons:
        return ""
    return (
        f"{job.order().path}: {len(reasons)} of {len(plan.segments)} parts were set aside: "
        f"{reasons[0]}"
    )


def _fail(job: Job, library: Library, error: str) -> None:
    library.store.delete_video(job.video_id)
    remove_thumbnails(job.video_id, library.thumbnails)
    job.finish(Outcome(Ending.FAILED, 0, 0.0, error))

"""What the library runs on: broker, catalog, workers, the processor, the disk."""

import shutil
from collections.abc import Sequence

import streamlit as st

from pipeline.checks import Finding, diagnose
from pipeline.running import running_system
from pipeline.settings import Settings
from pipeline.steps import QueueError
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.wording import plain
from search_ui.terminal import printable
from workers.queue import connected_workers

LOOK_SECONDS = 5.0
FINDINGS_KEY = "findings"


def show_health(shown: OpenedLibrary) -> None:
    """Draw what runs, and offer to check all of it."""
    expander = st.expander(
        "Health", icon=":material/monitor_heart:", key="health", on_change="rerun"
    )
    if not expander.open:
        return
    with expander:
        _services()
        if st.button("Check this machine", icon=":material/stethoscope:"):
            with st.spinner("Checking"):
                st.session_state[FINDINGS_KEY] = diagnose(shown.library.settings)
        _findings(st.session_state.get(FINDINGS_KEY, []))


@st.fragment(run_every=LOOK_SECONDS)
def _services() -> None:
    with explained():
        settings = opened().library.settings
        system = running_system(settings.library)
        if system is None:
            _elsewhere(settings)
        else:
            st.table(
                [
                    {
                        "Service": service.name,
                        "State": "runs" if service.pid is not None else "starts again",
                        "Address": service.address,
                        "Restarts": service.restarts,
                    }
                    for service in system.services
                ],
            )
        free = shutil.disk_usage(settings.library).free
        st.caption(f"{_device()}; {free / 1e9:.1f} GB free on the library's disk")


@st.cache_data(show_spinner=False)
def _device() -> str:
    # Loads torch, which takes seconds where the encoder has not done so yet.
    from encoder.devices import describe_devices

    return describe_devices()


def _elsewhere(settings: Settings) -> None:
    if settings.broker_url is None:
        st.caption("No workers run; what is added is indexed by the page itself.")
        return
    try:
        found = connected_workers(settings.broker_url)
    except QueueError as error:
        st.error(plain(str(error)))
        return
    # The catalog answered just now, or the page would say so instead.
    services = ["catalog", "broker", *found]
    st.table([{"Service": printable(name), "State": "runs"} for name in services])
    if not found:
        st.warning("No worker is connected, so nothing is indexed; see whether the workers run.")


def _findings(findings: Sequence[Finding]) -> None:
    if findings:
        st.table(
            [
                {
                    "Check": finding.name,
                    "": "ok" if finding.ok else "not ok",
                    "Found": finding.detail,
                    "What to do": finding.advice,
                }
                for finding in findings
            ]
        )

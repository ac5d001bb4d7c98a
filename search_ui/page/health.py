"""What the library runs on: broker, catalog, workers, the processor, the disk."""

import shutil
from collections.abc import Sequence

import streamlit as st

from pipeline.checks import Finding, diagnose
from pipeline.running import running_system
from pipeline.settings import Settings
from search_ui.page.opened import OpenedLibrary, explained, opened
from workers.services import answers_ping

LOOK_SECONDS = 5.0
FINDINGS_KEY = "findings"
GOOD, BAD = ":material/check_circle: runs", ":material/error: does not answer"


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
    # The catalog answered just now, or the page would say so instead.
    broker = GOOD if answers_ping(settings.broker_url) else BAD
    st.markdown(f"Catalog {GOOD}  \nBroker {broker}")


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

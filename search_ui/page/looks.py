"""How clips look, in colours of the theme, light and dark; and what keys and pointers do."""

from pathlib import Path

SCRIPT = f"<script>{Path(__file__).with_name('page.js').read_text()}</script>"
"""What the browser runs for all pages; it takes nothing from anybody's data."""

STYLE = """<style>
.stMainBlockContainer { padding-top: 4rem; }
/* The theme's own white cannot be read on the bright colour of the dark theme. */
button[data-testid^="stBaseButton-primary"],
[data-testid="stMultiSelect"] [aria-label="Selected values"] > * *
  { color: light-dark(#ffffff, #101615); }
/* What is drawn anew every other second must not flicker. */
.st-key-videos [data-stale="true"] { opacity: 1; }
.st-key-script { position: absolute; }
.stHtml a { color: inherit; }
@media (max-width: 640px) {
  .st-key-asking > :first-child { flex-basis: 100%; }
  [data-testid="stButtonGroup"] [role="radio"] { padding-inline: .5rem; }
  .stApp [class*="st-key-label-"], .stApp div:has(> [class*="st-key-label-"])
    { width: 100% !important; max-width: none; flex-basis: 100%; }
}
.found { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: center; margin: 0;
  font-size: .9rem; }
.found button { font: inherit; color: inherit; background: none; cursor: pointer;
  margin-left: .35rem; padding: .1rem .6rem; border-radius: 1rem;
  border: 1px solid rgba(128, 128, 128, .6); }
.clip-video { font-size: 1.05rem; font-weight: 600; margin: .75rem 0 0; padding: 0;
  overflow-wrap: anywhere; }
.clip-video a { color: inherit; text-decoration: none; }
.clip-video a:hover, .clip-video a:focus-visible { text-decoration: underline; }
.clip-video span { font-weight: 400; opacity: .75; margin-left: .5rem; }
.clip-picture { display: block; width: 100%; aspect-ratio: 16 / 9; object-fit: cover;
  border-radius: .5rem; background: rgba(128, 128, 128, .25); }
.clip-words p { margin: .35rem 0 .25rem; line-height: 1.35; font-size: .92rem; }
.clip-words div { display: flex; flex-wrap: wrap; gap: .25rem; align-items: center; }
.clip-chip { font-size: .78rem; padding: .05rem .5rem; border-radius: 1rem;
  background: rgba(128, 128, 128, .18); }
.clip-score { font-size: .78rem; opacity: .8; margin-left: auto;
  font-variant-numeric: tabular-nums; }
.clip-score + .clip-score { margin-left: .5rem; }
.video-cards { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
.video-cards a { color: inherit; text-decoration: none; border-radius: .5rem; }
.video-cards a:hover strong { text-decoration: underline; }
.video-cards strong { display: block; margin-top: .35rem; overflow-wrap: anywhere; }
.video-cards span { opacity: .75; font-size: .85rem; }
.label-samples { display: grid; grid-template-columns: repeat(3, 1fr); gap: .25rem; }
</style>"""

# An icon of Streamlit's own would be fetched from a foreign host.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<rect width="24" height="24" rx="5" fill="#0c635c"/>'
    '<path d="M9 7v10l8-5z" fill="#ffffff"/></svg>'
)

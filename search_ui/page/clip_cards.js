// Draws all cards at once: a widget for every button of every card would take a second to draw.

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(className, text, label, onclick) {
  const made = element("button", className, text);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.onclick = onclick;
  return made;
}

function picture(moment) {
  if (!moment.still) {
    const empty = element("div", "clip-picture");
    empty.setAttribute("role", "img");
    empty.setAttribute("aria-label", moment.alt);
    return empty;
  }
  const image = element("img", "clip-picture");
  image.alt = moment.alt;
  image.loading = "lazy";
  image.dataset.still = moment.still;
  image.dataset.moving = moment.moving;
  image.src = moment.still;
  return image;
}

function words(moment) {
  const all = element("div", "clip-words");
  const line = element("div");
  for (const { label, named, title } of moment.chips) {
    const chip = element("span", named ? "clip-chip shared" : "clip-chip", label);
    chip.title = title;
    line.append(chip);
  }
  if (moment.score) {
    const score = element("span", "clip-score", moment.sure || moment.score);
    const likeness = `cosine similarity ${moment.score}`;
    score.title = moment.sure ? `shows it so probably; ${likeness}` : likeness;
    line.append(score);
  }
  const caption = element("p", "", moment.caption.length ? "" : moment.alt);
  for (const { text, shared } of moment.caption)
    caption.append(element("span", shared ? "shared" : "", text));
  all.append(caption, line);
  return all;
}

function choices(moment, mixes, setTriggerValue) {
  const all = element("div", "clip-choices");
  const choice = (trigger, text, label) => {
    const made = button(trigger, text, `${label}: ${moment.alt}`, () =>
      setTriggerValue(trigger, moment.clip));
    made.title = label;
    all.append(made);
  };
  choice("alike", "More like this", "More like this alone");
  if (mixes) {
    choice("liked", "+", "Search for this as well");
    choice("unliked", "\u2212", "Search for less of this");
  }
  return all;
}

function card(moment, mixes, setTriggerValue) {
  const all = element("article", "clip-card");
  all.dataset.clip = moment.clip;
  const play = button("play", `Play ${moment.when}`, `Play ${moment.when}: ${moment.alt}`, () =>
    setTriggerValue("played", moment.clip));
  const frame = element("div", "clip-frame");
  // The picture plays as well; the button beside it is what keys and readers find.
  frame.onclick = () => play.click();
  frame.append(picture(moment));
  all.append(frame, play, words(moment), choices(moment, mixes, setTriggerValue));
  return all;
}

function group(found, mixes, setTriggerValue) {
  const isSingle = found.moments.length === 1;
  const all = element("section", isSingle ? "single" : "");
  const heading = element("h2", "clip-video");
  const link = element("a", "", found.name);
  link.href = found.link;
  heading.title = found.folder;
  heading.append(link);
  if (!isSingle) heading.append(element("span", "", found.count));
  const grid = element("div", "clip-grid");
  grid.append(...found.moments.map((moment) => card(moment, mixes, setTriggerValue)));
  all.append(heading, grid);
  return all;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".clip-groups");
  const text = JSON.stringify(data);
  if (root.drawn === text) return;
  root.drawn = text;
  root.replaceChildren(...data.groups.map((found) => group(found, data.mixes, setTriggerValue)));
}

// Plays one moment of a video, and others of it when their bars are clicked.

const players = new WeakMap();

class Player {
  constructor(root) {
    this.video = root.querySelector("video");
    this.words = root.querySelector(".words");
    this.trouble = root.querySelector("[role=alert]");
    this.bars = root.querySelector(".bars");
    this.bars.onkeydown = (event) => this.step(event);
    this.address = "";
  }

  show(data) {
    if (this.shown === data.shown) return;
    this.shown = data.shown;
    this.moments = data.moments;
    this.bars.replaceChildren(...data.moments.map((moment, number) => this.bar(moment, number)));
    this.play(data.first);
  }

  bar(moment, number) {
    const bar = document.createElement("button");
    bar.type = "button";
    bar.title = moment.label;
    bar.setAttribute("aria-label", moment.label);
    bar.style.left = `${100 * moment.left}%`;
    bar.style.width = `${100 * moment.width}%`;
    const column = document.createElement("span");
    column.style.height = `${100 * moment.height}%`;
    bar.append(column);
    bar.onclick = () => this.play(number);
    return bar;
  }

  step(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const all = [...this.bars.children];
    const target = all[all.indexOf(event.target) + way];
    if (!way || !target) return;
    event.preventDefault();
    target.focus();
  }

  async play(number) {
    const moment = this.moments[number];
    this.number = number;
    [...this.bars.children].forEach((bar, place) => {
      bar.tabIndex = place === number ? 0 : -1;
      if (place === number) bar.setAttribute("aria-current", "true");
      else bar.removeAttribute("aria-current");
    });
    this.words.textContent = moment.words;
    this.trouble.textContent = "";
    this.video.pause();
    this.video.poster = moment.poster;
    this.video.classList.add("cutting");
    try {
      const answer = await fetch(moment.url);
      const line = answer.ok ? "" : await answer.text();
      const content = answer.ok ? await answer.blob() : null;
      if (this.number === number) this.start(content, line);
    } catch {
      if (this.number === number) this.start(null, "The connection broke; see whether ClipSeek runs.");
    }
  }

  start(content, line) {
    this.video.classList.remove("cutting");
    this.trouble.textContent = line;
    this.forget();
    if (!content) return;
    this.address = URL.createObjectURL(content);
    this.video.src = this.address;
    this.video.play().catch(() => {
      // Some browsers let a page begin to play only in silence.
      this.video.muted = true;
      this.video.play().catch(() => {});
    });
  }

  forget() {
    this.video.removeAttribute("src");
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = "";
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".moment");
  if (!players.has(root)) players.set(root, new Player(root));
  const player = players.get(root);
  player.show(data);
  return () => player.forget();
}

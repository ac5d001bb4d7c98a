// Plays a film from a chosen second, with its moments as a strip of pictures below.
// What the browser cannot play as it is comes in stretches that the server makes.

const players = new WeakMap();

class Film {
  constructor(root) {
    this.video = root.querySelector("video");
    this.next = document.createElement("video");
    this.words = root.querySelector(".words");
    this.trouble = root.querySelector("[role=alert]");
    this.strip = root.querySelector(".strip");
    this.strip.onkeydown = (event) => this.step(event);
    this.video.ontimeupdate = () => this.follow();
    this.video.onended = () => this.goOn();
    this.video.onerror = () => this.fail();
  }

  show(data, choose) {
    this.choose = choose;
    if (this.film !== data.whole) this.open(data);
    this.caption(data);
    if (data.chosen !== this.chosen) {
      this.chosen = data.chosen;
      this.seek(data.moments.find((one) => one.id === data.chosen)?.start ?? 0, false);
    }
  }

  open(data) {
    Object.assign(this, { film: data.whole, data, stretch: null, chosen: null, current: -1 });
    this.moments = data.moments;
    this.strip.replaceChildren(...data.moments.map((moment, number) => this.picture(moment, number)));
    this.wanted = 0;
    this.video.src = data.whole;
  }

  caption(data) {
    this.moments = data.moments;
    data.moments.forEach((moment, number) => {
      const button = this.strip.children[number];
      button.title = moment.caption;
      button.setAttribute("aria-label", `${moment.when} ${moment.caption}`);
    });
    if (this.current >= 0) this.tell(this.current);
  }

  picture(moment, number) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = number ? -1 : 0;
    const image = document.createElement("img");
    Object.assign(image, { loading: "lazy", alt: "", src: moment.picture });
    image.onerror = () => image.removeAttribute("src");
    const time = document.createElement("span");
    time.textContent = moment.when;
    button.append(image, time);
    button.onclick = () => {
      this.chosen = moment.id;
      this.seek(moment.start, true);
      this.choose(moment.id);
    };
    return button;
  }

  step(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const all = [...this.strip.children];
    const target = all[all.indexOf(event.target.closest("button")) + way];
    if (!way || !target) return;
    event.preventDefault();
    target.focus();
  }

  seek(seconds, play) {
    this.trouble.textContent = "";
    this.wanted = seconds;
    if (this.stretch !== null) {
      this.load(Math.floor(seconds / this.data.stretchSeconds), play);
      this.whenReady(seconds - this.stretch * this.data.stretchSeconds);
    } else {
      this.whenReady(seconds);
    }
    if (play) this.play();
    this.tell(this.number(seconds + 0.001));
  }

  whenReady(seconds) {
    // A hair later: the frame that begins at this very second, not the one before it.
    const jump = () => { this.video.currentTime = seconds + 0.001; };
    if (this.video.readyState > 0) jump();
    else this.video.addEventListener("loadedmetadata", jump, { once: true });
  }

  play() {
    this.video.play().catch(() => {
      // Some browsers let a page begin to play only in silence.
      this.video.muted = true;
      this.video.play().catch(() => {});
    });
  }

  async fail() {
    if (!this.video.getAttribute("src")) return;
    if (this.stretch === null) {
      this.stretch = -1;
      this.seek(this.wanted, false);
      return;
    }
    const answer = await fetch(this.video.src).catch(() => null);
    this.trouble.textContent = answer === null
      ? "The connection broke; see whether ClipSeek runs."
      : answer.ok ? "This part of the film cannot be played." : await answer.text();
  }

  load(number) {
    if (number === this.stretch) return;
    this.stretch = number;
    this.video.src = this.data.stretches + number;
    // The server cuts it meanwhile, and the browser keeps it.
    if ((number + 1) * this.data.stretchSeconds < this.data.duration) {
      fetch(this.data.stretches + (number + 1)).catch(() => {});
    }
  }

  goOn() {
    if (this.stretch === null) return;
    const end = (this.stretch + 1) * this.data.stretchSeconds;
    if (end < this.data.duration) this.seek(end, true);
  }

  number(seconds) {
    let found = 0;
    this.moments.forEach((moment, number) => { if (moment.start <= seconds) found = number; });
    return found;
  }

  follow() {
    const before = this.stretch === null ? 0 : this.stretch * this.data.stretchSeconds;
    const number = this.number(before + this.video.currentTime);
    if (number !== this.current && !this.video.seeking) this.tell(number);
  }

  tell(number) {
    const moment = this.moments[number];
    if (!moment) return;
    const moved = number !== this.current;
    this.current = number;
    this.words.textContent = `${moment.when}  ${moment.caption}`;
    [...this.strip.children].forEach((button, place) => {
      button.tabIndex = place === number ? 0 : -1;
      if (place === number) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    const picture = this.strip.children[number];
    if (moved) {
      const middle = picture.offsetLeft - (this.strip.clientWidth - picture.clientWidth) / 2;
      this.strip.scrollTo({ left: middle });
    }
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".film");
  if (!players.has(root)) players.set(root, new Film(root));
  const film = players.get(root);
  film.show(data, (id) => setTriggerValue("chosen", id));
  return () => film.video.pause();
}

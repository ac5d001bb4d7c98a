// Keys, and pictures that move while somebody points at them. Runs once in each window.

(() => {
  if (window.clipseekPage) return;
  window.clipseekPage = true;

  const CARD = ".clip-card";
  const PLAY = ".clip-card .play";
  const BOX = ".st-key-words input";
  const INTENT_MS = 150;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  let shown = null;
  let loader = new Image();
  let timer = 0;

  function rest() {
    clearTimeout(timer);
    loader.onload = null;
    loader.removeAttribute("src");
    if (shown) shown.src = shown.dataset.still;
    shown = null;
  }

  function look(target) {
    const card = target instanceof Element ? target.closest(CARD) : null;
    const picture = card?.querySelector("img[data-moving]") ?? null;
    if (picture === shown) return;
    rest();
    if (!picture || calm.matches) return;
    shown = picture;
    timer = setTimeout(() => {
      loader = new Image();
      loader.onload = () => {
        if (shown === picture) picture.src = picture.dataset.moving;
      };
      loader.src = picture.dataset.moving;
    }, INTENT_MS);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") look(event.target);
  });
  document.addEventListener("focusin", (event) => look(event.target));
  document.documentElement.addEventListener("pointerleave", rest);

  function above(from, other, way) {
    return way * (other.top - from.top) > from.height / 2;
  }

  function neighbour(all, from, key) {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      return all[all.indexOf(from) + (key === "ArrowLeft" ? -1 : 1)];
    }
    const here = from.getBoundingClientRect();
    const distance = (button) => {
      const there = button.getBoundingClientRect();
      return 4 * Math.abs(there.top - here.top) + Math.abs(there.left - here.left);
    };
    const way = key === "ArrowDown" ? 1 : -1;
    return all
      .filter((button) => above(here, button.getBoundingClientRect(), way))
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  function move(event) {
    const box = document.querySelector(BOX);
    const all = [...document.querySelectorAll(PLAY)];
    const from = document.activeElement;
    const isFirstStep = from === document.body || (from === box && event.key === "ArrowDown");
    if (!isFirstStep && !all.includes(from)) return;
    const target = isFirstStep ? all[0] : (neighbour(all, from, event.key) ?? null);
    if (!target) return;
    event.preventDefault();
    target.focus({ preventScroll: true, focusVisible: true });
    (target.closest(CARD) ?? target).scrollIntoView({ block: "nearest" });
  }

  // A word of the query language goes behind what stands in the box, and typing goes on there.
  document.addEventListener("click", (event) => {
    const word = event.target.closest?.("[data-keyword]")?.dataset.keyword;
    const box = document.querySelector(BOX);
    if (!word || !box) return;
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    set.call(box, `${box.value.trimEnd()} ${word} `);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]")) return;
    const box = document.querySelector(BOX);
    const isTyping = event.target.matches?.("input, textarea, select, [contenteditable=true]");
    if (event.key === "/" && box && !isTyping) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key.startsWith("Arrow") && !event.shiftKey) {
      move(event);
    }
  });
})();

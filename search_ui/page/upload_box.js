// A field to drop videos on. What is sent lives beside the page, not in it: it goes on while
// somebody looks at another page, and is shown again when they come back.

const SHARED = "clipseekUploads";

function shared() {
  window[SHARED] ??= { items: [], sending: null, permit: "", address: "", tell: () => {} };
  return window[SHARED];
}

function size(bytes) {
  return bytes >= 1e9 ? `${Number((bytes / 1e9).toFixed(1))} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

function choose(files, limit) {
  const state = shared();
  for (const file of files) {
    const tooLarge = file.size > limit;
    state.items.push({
      file: tooLarge ? null : file,
      name: file.name,
      share: 0,
      state: tooLarge ? "refused" : "waiting",
      text: tooLarge
        ? `larger than ${size(limit)}, the most that is taken from a browser; add its folder by path`
        : `waits, ${size(file.size)}`,
    });
  }
  next();
}

function next() {
  const state = shared();
  const item = state.sending ? null : state.items.find((one) => one.state === "waiting");
  if (item) send(item);
  state.tell();
}

function send(item) {
  const state = shared();
  const request = new XMLHttpRequest();
  const began = Date.now();
  state.sending = request;
  item.state = "sending";
  item.request = request;
  request.upload.onprogress = (event) => {
    item.share = event.loaded / event.total;
    const left = Math.ceil(((Date.now() - began) / 1000) * (1 / item.share - 1));
    item.text = item.share < 1
      ? `${Math.floor(item.share * 100)} % of ${size(event.total)}, ${left} s left`
      : "sent; being checked";
    state.tell();
  };
  const end = (outcome, text) => {
    Object.assign(item, { state: outcome, text, file: null, request: null });
    state.sending = null;
    next();
  };
  request.onload = () => {
    let answer = { problem: `the server answered ${request.status}; try again` };
    try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, for instance */ }
    if (request.status === 201) {
      end("done", "uploaded");
      state.tell(answer.name);
    } else {
      end("refused", answer.problem.replace(`${item.name}: `, ""));
    }
  };
  request.onerror = () => end("refused", "the connection broke; see whether ClipSeek runs, and send it again");
  request.onabort = () => end("refused", "stopped");
  request.open("PUT", `${state.address}?name=${encodeURIComponent(item.name)}`);
  request.setRequestHeader("X-Upload-Permit", state.permit);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(item.file);
}

function line(item) {
  const row = document.createElement("li");
  row.className = item.state;
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = item.name;
  row.append(name);
  if (item.state === "sending") {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = item.share;
    bar.setAttribute("aria-label", `sending ${item.name}`);
    row.append(bar);
  }
  const text = document.createElement("span");
  text.className = "text";
  text.textContent = item.text;
  const stop = document.createElement("button");
  stop.type = "button";
  const runs = item.state === "sending";
  stop.textContent = runs ? "Stop" : "Dismiss";
  stop.setAttribute("aria-label", `${stop.textContent}: ${item.name}`);
  stop.onclick = () => {
    const state = shared();
    if (runs) item.request.abort();
    else state.items = state.items.filter((one) => one !== item);
    state.tell();
  };
  row.append(text, stop);
  return row;
}

function draw(root) {
  const list = root.querySelector("ul");
  const focused = [...list.children].findIndex((row) => row.contains(list.getRootNode().activeElement));
  list.replaceChildren(...shared().items.map(line));
  list.children[focused]?.querySelector("button").focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = shared();
  const root = parentElement.querySelector(".uploads");
  const zone = root.querySelector("label");
  const input = root.querySelector("input");
  Object.assign(state, { permit: data.permit, address: data.address });
  root.querySelector(".limit").textContent = `up to ${size(data.limit_bytes)} each`;
  state.tell = (added) => {
    draw(root);
    if (added) setTriggerValue("added", added);
  };
  input.onchange = () => {
    choose(input.files, data.limit_bytes);
    input.value = "";
  };
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("over");
  };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    choose(event.dataTransfer.files, data.limit_bytes);
  };
  window.onbeforeunload = (event) => {
    if (state.sending) event.preventDefault();
  };
  draw(root);
  return () => {
    state.tell = () => {};
  };
}

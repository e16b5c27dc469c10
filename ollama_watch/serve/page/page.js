// Keeps the page as the server would make it now, and copies what is to be typed. Without it the page is whole.
"use strict";

const STREAM = "api/v1/alerts/stream";
const EVERY = 5_000; // ms between looks: runners come and go without an alert, and the stream may be taken
const LONGEST = 60_000;
const PATIENCE = 10_000; // for one answer
const REFUSED = 10_000; // until a stream is asked for again where all places were taken; longer each time

const byId = (id) => document.getElementById(id);
const parts = (page) => [...page.querySelectorAll("[data-part]")];
const shown = new Map(parts(document).map((part) => [part.id, part.outerHTML])); // as the server wrote them

let stream = null;
let reopenAfter = REFUSED;
let failures = 0;
let looking = false;
let again = false;
let next = 0;

// ---- the page as it is now

async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const answer = await fetch("./", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(answer.statusText);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    failures = 0;
  } catch {
    failures += 1;
  }
  looking = false;
  tell();
  const pause = failures ? Math.min(1000 * 2 ** failures, LONGEST) : EVERY;
  clearTimeout(next);
  if (!document.hidden) next = setTimeout(look, again ? 0 : pause);
  again = false;
}

function show(page) {
  const before = titles(document);
  for (const part of parts(page)) {
    const text = part.outerHTML;
    if (shown.get(part.id) === text) continue;
    shown.set(part.id, text);
    exchange(byId(part.id), document.adoptNode(part));
  }
  document.title = page.title;
  announce(before, titles(document));
}

// What is open stays open, and who is at a place stays there, or at the head of what it was part of.
function exchange(old, part) {
  const open = [...old.querySelectorAll("details[open]")].map((one) => one.id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
  prepare(part);
  for (const one of part.querySelectorAll("details")) one.open = open.includes(one.id);
  old.replaceWith(part);
  if (focused !== null) (byId(focused) ?? byId(`${part.id}-title`) ?? part).focus({ preventScroll: true });
}

function titles(page) {
  const alerts = [...page.querySelectorAll(".alert")];
  return new Map(alerts.map((alert) => [alert.id, alert.querySelector("h3").textContent]));
}

function announce(before, now) {
  const begun = [...now].filter(([id]) => !before.has(id)).map(([, title]) => `New: ${title}.`);
  const over = [...before].filter(([id]) => !now.has(id)).map(([, title]) => `Over: ${title}.`);
  if (begun.length + over.length) byId("news").textContent = [...begun, ...over].join(" ");
}

// ---- what only a script can do to it

function prepare(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const time of part.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = spoken(moment);
  }
}

function spoken(moment) {
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  const day = moment.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
  const year = moment.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return moment.toLocaleString("en-GB", { ...year, ...day, ...clock });
}

async function copy(button) {
  const code = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch { // beyond this machine and without TLS a browser has no clipboard for us
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
  byId("news").textContent = "Copied.";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

// ---- the stream of alerts

const isLive = () => stream?.readyState === EventSource.OPEN;

function listen() {
  stream = new EventSource(STREAM);
  stream.onopen = () => { reopenAfter = REFUSED; look(); };
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) { // refused: it does not come back by itself
      setTimeout(() => { if (!document.hidden && !isLive()) listen(); }, reopenAfter);
      reopenAfter = Math.min(reopenAfter * 2, LONGEST);
    }
    look();
  };
  for (const name of ["snapshot", "alert"]) stream.addEventListener(name, look);
}

function tell() {
  const link = byId("link");
  const [kind, words] = failures
    ? ["lost", "Connection lost, trying again"]
    : isLive() ? ["live", "Live"] : ["polling", `Looks every ${EVERY / 1000} s`];
  if (link.textContent !== words) link.textContent = words;
  link.className = kind;
  link.hidden = false;
}

// A page that nobody sees gives its place to others: there are four.
document.addEventListener("visibilitychange", () => {
  stream?.close();
  clearTimeout(next);
  if (!document.hidden) listen();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

prepare(document);
if (!document.hidden) listen();

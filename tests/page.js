// A page without a browser: as much of one as shopkeeper.js touches. `world` is what tests look at and set.
const world = {
  sent: [], beacons: [], answers: [], warnings: [], timers: [], listeners: {}, cookies: {}, storage: {}, session: {},
  takesBeacons: true, keeps: true, refuses: "",
};

class URL {
  constructor(address, base) {
    Object.assign(this, JSON.parse(py_url(String(address), base ? String(base) : "")));
    const fields = this.fields;
    this.searchParams = {
      [Symbol.iterator]: () => fields[Symbol.iterator](),
      delete: (name) => { fields.splice(0, fields.length, ...fields.filter((field) => field[0] !== name)); },
    };
  }
  get search() { return py_query(JSON.stringify(this.fields)); }
  get href() { return this.front + this.search + this.hash; }
}

class Store {
  constructor(name) { this.name = name; }
  get kept() {
    if (!world.keeps) throw new Error("SecurityError");
    return world[this.name];
  }
  getItem(name) { return name in this.kept ? this.kept[name] : null; }
  setItem(name, value) { this.kept[name] = String(value); }
  removeItem(name) { delete this.kept[name]; }
}

function listen(name, act) { (world.listeners[name] = world.listeners[name] || []).push(act); }
function happen(name, event) { (world.listeners[name] || []).forEach((act) => act(event || {})); }

const document = {
  title: "The Shop", referrer: "", visibilityState: "visible", currentScript: null, addEventListener: listen,
  get cookie() {
    if (!world.keeps) throw new Error("SecurityError");
    return Object.values(world.cookies).join("; ");
  },
  // Names of one label are taken for public suffixes.
  set cookie(text) {
    if (!world.keeps) throw new Error("SecurityError");
    const [pair, ...rest] = text.split("; ");
    const domain = (rest.find((part) => part.startsWith("domain=")) || "domain=" + location.hostname).slice(7);
    const fits = location.hostname === domain || location.hostname.endsWith("." + domain);
    if (!fits || (!domain.includes(".") && rest.some((part) => part.startsWith("domain=")))) return;
    if (rest.includes("max-age=0")) delete world.cookies[domain];
    else world.cookies[domain] = pair;
  },
};
const location = {
  go(address) {
    const { href, hostname, protocol, search } = new URL(address, this.href);
    Object.assign(this, { href, hostname, protocol, search });
  },
};
const history = { pushState(state, title, address) { location.go(address); } };
const navigator = {
  language: "de-DE",
  sendBeacon(url, body) {
    if (world.takesBeacons) world.beacons.push({ url, body: JSON.parse(body) });
    return world.takesBeacons;
  },
};
const screen = { width: 1280, height: 720 };
const shown = (word) => (typeof word === "string" ? word : JSON.stringify(word));
const console = { warn: (...words) => world.warnings.push(words.map(shown).join(" ")) };
const crypto = { getRandomValues: (bytes) => bytes.map(() => Math.floor(Math.random() * 256)) };
const Intl = { DateTimeFormat: () => ({ resolvedOptions: () => ({ timeZone: "Europe/Berlin" }) }) };

function setTimeout(act, pause) { world.timers.push({ act, pause: pause || 0 }); return world.timers.length; }
// What is due after a while, and what comes of it; in the order of its pauses.
function pass() { world.timers.splice(0).sort((a, b) => a.pause - b.pause).forEach((timer) => timer.act()); }

function fetch(url, how) {
  world.sent.push({ url, how: { method: how.method, credentials: how.credentials }, body: JSON.parse(how.body) });
  const items = JSON.parse(how.body).batch.map(({ type, messageId }) => {
    return { status: type && type === world.refuses ? "refused" : "accepted", message_id: messageId };
  });
  const answer = world.answers.length ? world.answers.shift() : { status: 200, said: { items } };
  if (answer === "down") return Promise.reject(new TypeError("Failed to fetch"));
  return Promise.resolve({ status: answer.status, json: () => Promise.resolve(answer.said) });
}

const window = globalThis;
Object.assign(window, {
  addEventListener: listen, localStorage: new Store("storage"), sessionStorage: new Store("session"),
  document, location, history, navigator, screen,
});

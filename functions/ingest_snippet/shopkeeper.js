// shopkeeper.js tells Shopkeeper what visitors of a shop's pages look at and do. It is served as it stands here.
//
//   <script async src="https://t.shop.example/shopkeeper.js" data-key="pk_..."></script>
//
// Who asks not to be tracked (Global Privacy Control, Do Not Track) is not: see `quiet`. docs/snippet.md has the rest.
(function (window, document, navigator) {
  "use strict";

  const VERSION = "1.0.1";
  const NAMES = { id: "shopkeeper_id", waiting: "shopkeeper_waiting", said: "shopkeeper_said" };
  const KEPT_S = 395 * 24 * 60 * 60;
  const MOST_WAITING = 200;
  const MOST_LETTERS = 20000; // A browser takes 64 KB from a page that is being left, and a letter may be three bytes.
  const PAUSE_MS = 400;
  const LONGEST_PAUSE_MS = 60000;
  const CLICK_IDS = /^(gclid|gbraid|wbraid|dclid|fbclid|msclkid|ttclid|twclid|li_fat_id|epik)$/;
  // Parameters that may name a person or open a door do not leave the page.
  const PRIVATE = /mail|phone|token|secret|passw|session|signature|^(auth|code|key|otp|sig)$/i;

  const tag = document.currentScript || { dataset: {} };
  const before = window.shopkeeper || {};
  const early = before.q || [];
  if (before.version) return;

  // Then nobody gets an id, nothing is stored, and only calls that the page marks as essential are sent, for users who
  // are signed in.
  const quiet = navigator.globalPrivacyControl || (navigator.doNotTrack || window.doNotTrack) === "1";

  let key = tag.dataset.key;
  let host = tag.src && new URL(tag.src).origin;
  let visitor, shown, referrer, begun, timer, sending;
  let user = {}; // Once somebody is signed in: userId, and the user_hash that proves it.
  let told = {}; // The last identify, as long as nothing came between: its messageId, and what it said.
  let waiting = [];
  let pause = PAUSE_MS;

  // What a browser keeps. Any of it may be forbidden.

  function keep(storage, name, value) {
    try {
      if (value === undefined) return window[storage].getItem(name);
      if (value === null) window[storage].removeItem(name);
      else window[storage].setItem(name, value);
    } catch (forbidden) {
      return null;
    }
  }

  function cookie(text) {
    try {
      if (text) document.cookie = text;
      return (document.cookie.match(/(?:^|; )shopkeeper_id=(\w+)/) || [])[1];
    } catch (forbidden) {
      return null;
    }
  }

  // On the widest domain that the browser allows, so that www.shop.example and shop.example see one visitor.
  function setCookie(value, seconds) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    const text = `${NAMES.id}=${value}; path=/; max-age=${seconds}; samesite=lax${secure}`;
    const labels = location.hostname.split(".");
    for (let n = labels.length - 1; n >= 0; n--) {
      if (cookie(`${text}; domain=${labels.slice(n).join(".")}`) === value) return;
    }
    cookie(text);
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function remember(id) {
    visitor = id;
    setCookie(id, KEPT_S);
    keep("localStorage", NAMES.id, id);
  }

  function forget() {
    setCookie("", 0);
    Object.values(NAMES).forEach((name) => keep("localStorage", name, null));
    keep("sessionStorage", NAMES.said, null);
  }

  // Where the visitor is, and came from.

  function clean(address) {
    if (!address) return "";
    const url = new URL(address, location.href);
    url.hash = "";
    for (const [name, value] of Array.from(url.searchParams)) {
      if (PRIVATE.test(name) || value.includes("@")) url.searchParams.delete(name);
    }
    return url.href;
  }

  function place() {
    const { href, pathname, search } = new URL(clean(location.href));
    return { url: href, path: pathname, search, title: document.title, referrer };
  }

  function circumstances() {
    const campaign = {};
    const clicks = {};
    for (const [name, value] of new URL(clean(location.href)).searchParams) {
      if (CLICK_IDS.test(name)) clicks[name] = value;
      if (name.startsWith("utm_")) campaign[name === "utm_campaign" ? "name" : name.slice(4)] = value;
    }
    return {
      page: place(),
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: { width: screen.width, height: screen.height },
      ...(Object.keys(campaign).length && { campaign }),
      ...(Object.keys(clicks).length && { click_ids: clicks }),
    };
  }

  // Calls wait a moment for others, and in the browser's storage until the door has taken them. One that is sent twice
  // counts once, by its messageId.

  function say(type, call, options) {
    if (quiet && !(options && options.essential && user.userId)) return;
    const messageId = newId();
    waiting.push({
      type,
      messageId,
      timestamp: new Date().toISOString(),
      ...(!quiet && { anonymousId: visitor }),
      ...user,
      ...call,
      context: { ...(!quiet && circumstances()), library: { name: "shopkeeper.js", version: VERSION } },
    });
    save(waiting.slice(-MOST_WAITING));
    timer = timer || setTimeout(send, pause);
    return messageId;
  }

  function left() {
    try {
      return [].concat(JSON.parse(keep("localStorage", NAMES.waiting)) || []);
    } catch (spoilt) {
      return [];
    }
  }

  function save(calls) {
    waiting = calls;
    if (!quiet) keep("localStorage", NAMES.waiting, calls.length ? JSON.stringify(calls) : null);
  }

  function next() {
    let size = 0;
    return waiting.filter((call, n) => (size += JSON.stringify(call).length) < MOST_LETTERS || n === 0);
  }

  function body(calls) {
    return JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: calls });
  }

  function done(calls) {
    save(waiting.filter((call) => !calls.includes(call)));
  }

  function send() {
    timer = 0;
    if (sending || !key || !waiting.length) return;
    const calls = next();
    sending = true;
    fetch(`${host}/v1/b`, { method: "POST", body: body(calls), credentials: "omit" })
      .then((answer) => {
        if (answer.status === 429 || answer.status >= 500) throw answer;
        done(calls);
        pause = PAUSE_MS;
        return answer.json().then((heard) => {
          const items = heard.items || [];
          const refused = heard.items ? items.filter((item) => item.status === "refused") : [heard];
          if (refused.length) console.warn("shopkeeper: refused", refused);
          items.forEach((item) => item.message_id === told.id && settle(item.status === "accepted"));
        });
      })
      .catch(() => {
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      })
      .then(() => {
        sending = false;
        if (waiting.length) timer = timer || setTimeout(send, pause);
      });
  }

  // What the door has refused may be said again; what it has taken need not be, in this visit.
  function settle(taken) {
    if (taken) keep("sessionStorage", NAMES.said, told.said);
    else told = {};
  }

  // The page may be gone before an answer comes, so nobody waits for one.
  function leave() {
    while (key && waiting.length) {
      const calls = next();
      if (!navigator.sendBeacon(`${host}/v1/b`, body(calls))) return;
      done(calls);
    }
  }

  const methods = {
    // For pages that cannot use data-key: shopkeeper("load", "pk_...", "https://t.shop.example")
    load(itsKey, itsHost) {
      key = itsKey;
      host = itsHost || host;
      begin();
    },

    page(name, properties, options) {
      referrer = shown || clean(document.referrer);
      shown = clean(location.href);
      say("page", { name, properties: { ...place(), ...(name && { name }), ...properties } }, options);
    },

    track(event, properties, options) {
      say("track", { event, properties }, options);
    },

    // `user_hash` comes from the shop's server; without it nobody is believed to be signed in.
    identify(userId, traits, options) {
      const user_hash = options && options.user_hash;
      if (userId && !user_hash) console.warn("shopkeeper: identify needs a user_hash");
      user = userId && user_hash ? { userId: String(userId), user_hash } : {};
      const said = JSON.stringify([userId, traits, user_hash]);
      if (said === (told.said || keep("sessionStorage", NAMES.said))) return;
      keep("sessionStorage", NAMES.said, null);
      const id = say("identify", { traits }, options);
      told = quiet ? {} : { id, said };
    },

    group(groupId, traits, options) {
      say("group", { groupId, traits }, options);
    },

    // Whoever comes next on this device is somebody else.
    reset() {
      user = told = {};
      keep("sessionStorage", NAMES.said, null);
      if (!quiet) remember(newId());
    },
  };

  function call(method, ...said) {
    if (methods[method]) methods[method](...said);
    else console.warn(`shopkeeper: there is no ${method}`);
  }

  call.version = VERSION;

  function moved() {
    setTimeout(() => clean(location.href) !== shown && methods.page());
  }

  function watchPages() {
    methods.page();
    const push = history.pushState;
    history.pushState = function (...said) {
      push.apply(this, said);
      moved();
    };
    window.addEventListener("popstate", moved);
    window.addEventListener("pageshow", (event) => event.persisted && methods.page());
  }

  function begin() {
    if (begun || !key) return;
    begun = true;
    if (tag.dataset.pages !== "manual") watchPages();
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    if (waiting.length) timer = timer || setTimeout(send, pause);
  }

  function start() {
    if (quiet) {
      forget();
    } else {
      remember(cookie() || keep("localStorage", NAMES.id) || newId());
      waiting = left();
    }
    referrer = clean(document.referrer);
    window.shopkeeper = call;
    early.forEach((said) => call(...said));
    begin();
  }

  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})(window, document, navigator);

// Saves each answer as it is given, and keeps on this device what could not be sent for want of a network, until it is.
// Screens opened before, and a few fetched ahead, are kept too (`service.js`), so that one can go on meanwhile. No page
// needs it: without it, each screen is saved by its buttons.
(() => {
  'use strict';
  const form = document.getElementById('ecran');
  const words = form ? form.dataset : {};
  // Not `form.action`: the buttons of that name hide it.
  const target = form ? form.getAttribute('action') : '';
  const page = location.pathname;
  const link = page.replace(/(\/q\/[^/]+).*$/, '$1');
  // What waits is kept under the address of its screen; those of one questionnaire begin alike.
  const beginning = 'barometre:' + link + '/';
  // In every language.
  const mine = '/q/' + link.split('/q/')[1] + '/';
  const isCopy = 'copie' in document.documentElement.dataset;
  const RETRY = 5000;
  const PATIENCE = 20000;
  let status = document.getElementById('enregistre');
  let native = false;
  let pressed = null;
  let told = '';
  let isBusy = false;
  let retry = 0;
  let queue = Promise.resolve();

  const say = text => { if (status && text) status.textContent = text; };

  // Without storage (a private window, a full disk) what is typed lives in the page alone, which then says so.
  const store = {
    put(key, value) { try { localStorage.setItem(key, value); return true; } catch { return false; } },
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
    all() { try { return Object.keys(localStorage); } catch { return []; } },
    // What waits, in the order of the screens: each must be passed before the next.
    keys() { return store.all().filter(key => key.startsWith(beginning)).sort((a, b) => rank(a) - rank(b)); },
  };
  const rank = key => parseInt(store.get(key), 10) || 0;
  const textOf = value => value.slice(value.indexOf(' ') + 1);
  const keyOf = address => 'barometre:' + new URL(address, location.href).pathname;
  const own = keyOf(target);
  // What was refused when it left waits for its screen to be opened.
  const held = key => 'retenu:' + key;
  const put = text => store.put(own, (words.rank || 0) + ' ' + text);
  const done = key => { store.drop(key); store.drop(held(key)); };

  // The copies of screens on this device; where there are none, all goes on without.
  const copies = async job => { try { return await job(await caches.open(beginning)); } catch { return undefined; } };
  const has = address => copies(cache => cache.match(address));
  const saved = text => copies(async cache => {
    // Other screens may follow now.
    if (words.steers) for (const it of await cache.keys()) if (new URL(it.url).pathname.startsWith(link)) await cache.delete(it);
    await cache.put(page + '?saisie', new Response(text));
  });
  const erase = async () => {
    store.all().filter(key => key.includes(mine)).forEach(store.drop);
    try {
      for (const it of await navigator.serviceWorker.getRegistrations()) if ((it.scope + '/').includes(mine)) await it.unregister();
      for (const name of await caches.keys()) if (name.includes(mine)) await caches.delete(name);
    } catch { /* nothing was kept */ }
  };
  // Screens are fetched before their turn only where the network has failed before, or is slow: nobody else pays for them.
  const FAILED = 'barometre:reseau';
  const failed = () => { try { sessionStorage.setItem(FAILED, '1'); } catch { /* not remembered */ } };
  const isWeak = () => {
    try { if (sessionStorage.getItem(FAILED)) return true; } catch { /* not remembered */ }
    const { effectiveType, saveData } = navigator.connection || {};
    return Boolean(effectiveType && effectiveType !== '4g' && !saveData);
  };
  const fetchAhead = () => copies(async cache => {
    // Who shows pages keeps this one too, but for the first, before which nobody was there.
    const here = navigator.serviceWorker.controller ? '' : page.slice(link.length + 1);
    for (const code of [here, ...(isWeak() ? (words.ahead || '').split(' ') : [])].filter(Boolean)) {
      const address = link + '/' + code;
      if (await cache.match(address)) continue;
      const answer = await fetch(address + '?avance');
      if (answer.ok && answer.headers.has('barometre-screen')) await cache.put(address, answer);
    }
  });

  const body = action => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (name !== 'action') fields.append(name, value);
    fields.append('action', action);
    return fields.toString();
  };
  // Shows what was typed before, in the place of what a page holds.
  const fill = (text, withState) => {
    const fields = new URLSearchParams(text);
    for (const it of form.elements) {
      if (!it.name || it.type === 'submit' || (it.type === 'hidden' && !(withState && it.name === 'etat'))) continue;
      const given = fields.getAll(it.name);
      if (it.type === 'radio' || it.type === 'checkbox') it.checked = given.includes(it.value);
      else if (given.length) it.value = given[0];
    }
  };
  const post = (address, text, keepalive) => fetch(address, {
    method: 'POST',
    body: text,
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    redirect: 'error',
    keepalive: Boolean(keepalive),
    // Old telephones wait as long as their system does.
    signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined,
  });
  const isJson = answer => (answer.headers.get('content-type') || '').startsWith('application/json');
  const isAway = answer => answer.status >= 500 || answer.status === 429;

  // One request after the other: what was typed last arrives last.
  const enqueue = job => (queue = queue.then(() => job(), () => job()));

  const wait = () => {
    clearTimeout(retry);
    retry = setTimeout(() => enqueue(again), RETRY);
  };

  // No network, or a server that cannot save just now: the answers stay here, and the page says which.
  const stay = (text, why) => {
    failed();
    say(put(text) ? why || words.offline : words.unkept);
    wait();
  };

  const keep = async keepalive => {
    const text = body('garder');
    let answer;
    try { answer = await post(target, text, keepalive); } catch { stay(text); return false; }
    if (isAway(answer)) { stay(text, words.away); return false; }
    done(own);
    if (!answer.ok || !isJson(answer)) { say(words.refused); return true; }
    const kept = await answer.json();
    if (form.elements.etat) form.elements.etat.value = kept.state;
    if (kept.query) told += '&' + kept.query;
    say(kept.news ? kept.says + '. ' + kept.news : kept.says);
    await saved(text);
    return true;
  };

  // Presses a button as the browser would, without the script.
  const submit = button => {
    native = true;
    if (button && button.name) {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = button.name;
      field.value = button.value;
      form.append(field);
    }
    form.submit();
  };

  // The button waits for the network, and what was typed with it.
  const hold = (button, why) => { pressed = { button }; stay(body('garder'), why); return false; };

  // Without a network: on to a screen that is kept here, unless this one decides what follows.
  const onward = async (button, text) => {
    const there = { precedent: words.before, suivant: (words.ahead || '').split(' ')[0] }[button ? button.value : 'suivant'];
    failed();
    if (!there || !await has(link + '/' + there) || !put(text)) return hold(button);
    location.assign(link + '/' + there);
    return true;
  };

  // Gives whether the page is being left.
  const step = async button => {
    let answer;
    const text = body(button ? button.value : 'suivant');
    try { answer = await post(target, text); } catch { return onward(button, text); }
    if (isAway(answer)) return hold(button, words.away);
    done(own);
    clearTimeout(retry);
    if (answer.ok && isJson(answer)) {
      const { next } = await answer.json();
      await saved(text);
      location.assign(told ? next + (next.includes('?') ? told : told.replace('&', '?')) : next);
    } else submit(button);
    return true;
  };

  // Sends this screen as it is now: by the button that was pressed on it before, if it was left by one, and stays here.
  const resend = async text => {
    const action = new URLSearchParams(text).get('action');
    if (action !== 'garder') {
      let answer;
      try { answer = await post(target, body(action)); } catch { wait(); return false; }
      if (isAway(answer)) { wait(); return false; }
    }
    return keep();
  };

  // Sends what waits, screen after screen; `false` while the network is away. This screen is sent as it was left when the
  // page has just opened, and as it is now otherwise; one whose button waits comes last, since what follows is elsewhere.
  const flush = async isNew => {
    let here;
    for (const key of store.keys()) {
      const value = store.get(key);
      if (!isNew && key === own) {
        if (pressed) return true;
        if (!await resend(textOf(value))) return false;
        continue;
      }
      let answer;
      try { answer = await post(key.slice('barometre:'.length), textOf(value)); } catch { wait(); return false; }
      if (isAway(answer)) { wait(); return false; }
      done(key);
      if (answer.ok) say(words.back);
      else if ([400, 409, 422].includes(answer.status)) { store.put(held(key), value); say(words.refused); }
      if (key === own && answer.ok) here = isJson(answer) ? await answer.json() : {};
    }
    if (here && here.next) location.assign(here.next);
    else if (here) location.reload();
    return true;
  };

  // Once more: what waits, then the button that was pressed, or what was typed here.
  const again = async () => {
    if (!await flush(false)) return;
    if (!form) {
      if (!isCopy) return;
      try { await fetch(page, { method: 'HEAD' }); location.reload(); } catch { wait(); }
    } else if (pressed) { const { button } = pressed; pressed = null; isBusy = await step(button); }
  };
  addEventListener('online', () => enqueue(again));

  if (!form) {
    const other = document.querySelector('form[data-offline]');
    if (other) {
      status = other.querySelector('[role=status]');
      other.addEventListener('submit', event => {
        if (navigator.onLine) { say(' '); return; }
        event.preventDefault();
        say(other.dataset.offline);
      });
    }
    const device = document.getElementById('appareil');
    if (device) {
      device.hidden = false;
      status = device.querySelector('[role=status]');
      if (store.keys().length) say(device.dataset.waiting);
      device.querySelector('button').addEventListener('click', async () => { await erase(); say(device.dataset.erased); });
    }
    // What was sent or erased leaves nothing here.
    if (/\/(merci|resultat)$/.test(page) || document.querySelector('[data-erase]')) erase();
    else enqueue(() => flush(true)).then(isThere => { if (isCopy && isThere) wait(); });
    return;
  }

  let typing = 0;
  const later = (delay, keepalive) => {
    clearTimeout(typing);
    typing = setTimeout(() => { typing = 0; enqueue(() => keep(keepalive)); }, delay);
  };
  // A choice is saved at once, but for the time that a button pressed next needs to save it too; a text, once the hand
  // rests.
  form.addEventListener('input', () => { pressed = null; later(1500); });
  form.addEventListener('change', () => { pressed = null; later(250); });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && typing && !native) later(0, true);
  });
  form.addEventListener('submit', event => {
    const button = event.submitter;
    // A browser that does not say which button was pressed does without us.
    if (native || button === undefined || (button && button.hasAttribute('formaction'))) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    clearTimeout(typing);
    typing = 0;
    enqueue(async () => { isBusy = await step(button); });
  });
  // A page that the browser kept and shows again is not what is saved now.
  addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
  enqueue(async () => {
    const waiting = store.get(own);
    const refused = store.get(held(own));
    if (waiting !== null) fill(textOf(waiting), true);
    else if (refused !== null) { fill(textOf(refused), false); say(words.refused); }
    else if (isCopy) { const last = await has(page + '?saisie'); if (last) fill(await last.text(), false); }
    if (isCopy) { say(words.offline); wait(); }
    await flush(true);
  });
  if (navigator.serviceWorker && words.service) {
    navigator.serviceWorker.register(words.service, { scope: link, updateViaCache: 'all' })
      .then(fetchAhead)
      .catch(() => { /* a browser that forbids it does without */ });
  }
})();

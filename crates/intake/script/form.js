// Saves each answer as it is given, and keeps on this device what could not be sent for want of a network, until it is.
// No page needs it: without it, each screen is saved by its buttons.
(() => {
  'use strict';
  const form = document.getElementById('ecran');
  const words = form ? form.dataset : {};
  // Not `form.action`: the buttons of that name hide it.
  const target = form ? form.getAttribute('action') : '';
  const page = location.pathname;
  // What waits is kept under the address of its screen; those of one questionnaire begin alike.
  const beginning = 'barometre:' + page.replace(/(\/q\/[^/]+).*$/, '$1') + '/';
  const RETRY = 5000;
  const PATIENCE = 20000;
  let status = document.getElementById('enregistre');
  let native = false;
  let pressed = null;
  let told = '';
  let isBusy = false;
  let retry = 0;
  let queue = Promise.resolve();

  const say = text => { if (status) status.textContent = text; };

  // Without storage (a private window, a full disk) what is typed lives in the page alone, which then says so.
  const store = {
    put(key, value) { try { localStorage.setItem(key, value); return true; } catch { return false; } },
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
    keys() { try { return Object.keys(localStorage).filter(key => key.startsWith(beginning)); } catch { return []; } },
  };
  const keyOf = address => 'barometre:' + new URL(address, location.href).pathname;

  const body = action => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (name !== 'action') fields.append(name, value);
    fields.append('action', action);
    return fields.toString();
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

  // One request after the other: what was typed last arrives last.
  const enqueue = job => (queue = queue.then(() => job(), () => job()));

  const wait = () => {
    clearTimeout(retry);
    retry = setTimeout(() => enqueue(again), RETRY);
  };

  // No network, or a server that cannot save just now: the answers stay here, and the page says so.
  const stay = text => {
    say(store.put(keyOf(target), text) ? words.offline : words.unkept);
    wait();
  };

  const keep = async keepalive => {
    const text = body('garder');
    let answer;
    try { answer = await post(target, text, keepalive); } catch { stay(text); return false; }
    if (answer.status >= 500 || answer.status === 429) { stay(text); return false; }
    store.drop(keyOf(target));
    if (!answer.ok || !isJson(answer)) { say(words.refused); return true; }
    const saved = await answer.json();
    if (form.elements.etat) form.elements.etat.value = saved.state;
    if (saved.query) told += '&' + saved.query;
    say(saved.news ? saved.says + '. ' + saved.news : saved.says);
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

  // Gives whether the page is being left.
  const step = async button => {
    let answer;
    const text = body(button ? button.value : 'suivant');
    try { answer = await post(target, text); } catch { pressed = { button }; stay(body('garder')); return false; }
    if (answer.status >= 500 || answer.status === 429) { pressed = { button }; stay(body('garder')); return false; }
    store.drop(keyOf(target));
    clearTimeout(retry);
    if (answer.ok && isJson(answer)) {
      const { next } = await answer.json();
      location.assign(told ? next + (next.includes('?') ? told : told.replace('&', '?')) : next);
    } else submit(button);
    return true;
  };

  // Once more: the button that was pressed, or what was typed.
  const again = async () => {
    if (!form) return;
    if (pressed) { const { button } = pressed; pressed = null; isBusy = await step(button); return; }
    if (store.get(keyOf(target)) !== null) await keep();
  };

  // Sends what an earlier visit could not.
  const flush = async () => {
    let isHere = false;
    for (const key of store.keys()) {
      const text = store.get(key);
      const address = key.slice('barometre:'.length);
      let answer;
      try { answer = await post(address, text); } catch { wait(); return; }
      if (answer.status >= 500 || answer.status === 429) { wait(); return; }
      store.drop(key);
      say(answer.ok ? words.back || '' : words.refused || '');
      isHere = isHere || (answer.ok && address === page);
    }
    if (isHere) location.reload();
  };

  // Elsewhere than on a screen: what was sent or erased leaves nothing here.
  if (!form) {
    const other = document.querySelector('form[data-offline]');
    if (other) {
      status = other.querySelector('[role=status]');
      other.addEventListener('submit', event => {
        if (navigator.onLine) { say(''); return; }
        event.preventDefault();
        say(other.dataset.offline);
      });
    }
    if (/\/(merci|resultat)$/.test(page)) store.keys().forEach(store.drop);
    else enqueue(flush);
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
  addEventListener('online', () => enqueue(again));
  enqueue(flush);
})();

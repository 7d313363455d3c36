// The desk's script. The server renders whole pages; this fetches them again when news comes and changes what
// differs, so that focus, scroll, open details and what is being typed stay where they are. One global, `desk`;
// rooms add to it.
'use strict';
const desk = (() => {
  const byId = id => document.getElementById(id);
  const meta = name => document.querySelector(`meta[name=${name}]`);
  const main = () => byId('main');
  const heard = {}, keys = [];

  const on = (kind, run) => (heard[kind] ??= []).push(run);
  const tell = (kind, data) => Promise.all((heard[kind] ?? []).map(run => run(data)));

  // --- Changing a page in place ---------------------------------------------------------------------------

  // Changes `old` into `fresh` where they differ, and nothing else. What is marked as the script's own stays.
  function morph(old, fresh) {
    if (old.hasAttribute('data-own') || old.isEqualNode(fresh)) return;
    const typed = field(old, fresh), frame = old.nodeName === 'IFRAME';
    for (const {name, value} of [...fresh.attributes]) {
      if (!(frame && name === 'src') && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const {name} of [...old.attributes]) {
      const kept = name === 'style' || (old.nodeName === 'DETAILS' && name === 'open');
      if (!kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    if (old.nodeName !== 'TEXTAREA') children(old, fresh);
    typed();
  }

  // Children with an id stay themselves, the others pair off in order. A frame that is moved would load again,
  // so what is gone is taken out first.
  function children(old, fresh) {
    const wanted = new Set([...fresh.children].map(child => child.id));
    for (const child of [...old.children]) if (child.id && !wanted.has(child.id)) child.remove();
    const named = new Map([...old.children].filter(child => child.id).map(child => [child.id, child]));
    let at = old.firstChild;
    for (const node of fresh.childNodes) {
      const own = node.id ? named.get(node.id) : at && !at.id && at.nodeName === node.nodeName && at;
      if (!own) { old.insertBefore(old.ownerDocument.importNode(node, true), at); continue }
      if (own === at) at = at.nextSibling; else old.insertBefore(own, at);
      if (own.nodeType === 1) morph(own, node); else if (own.data !== node.data) own.data = node.data;
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next }
  }

  // What a field holds: it follows the page, unless somebody wrote in it. Then it is told what the page has now.
  function field(old, fresh) {
    if (old.nodeName === 'SELECT') return () => { if (old !== document.activeElement) old.value = fresh.value };
    if (old.nodeName !== 'INPUT' && old.nodeName !== 'TEXTAREA') return () => {};
    const was = old.defaultValue, clean = old.value === was || old.type === 'hidden';
    return () => {
      if (old.nodeName === 'TEXTAREA') old.defaultValue = fresh.defaultValue;
      if (clean) old.value = fresh.defaultValue;
      else if (was !== fresh.defaultValue && old.value !== fresh.defaultValue) tell('theirs', old);
    };
  }

  const parsed = text => new DOMParser().parseFromString(text, 'text/html');

  // An answer that a later wish has overtaken is thrown away.
  let wish = 0;
  async function refresh() {
    const own = ++wish;
    const answer = await fetch(location.href, {cache: 'no-store'}).catch(() => null);
    const fresh = answer?.ok && parsed(await answer.text());
    if (own !== wish) return;
    if (answer?.status === 401) return atTheDoor();
    if (!fresh || !fresh.getElementById('main')) {
      if (answer) say(`the page could not be fetched (${answer.status})`, {wrong: true});
      return;
    }
    const made = page => [...page.querySelectorAll('link[rel=stylesheet], script[src]')].map(own => own.href || own.src).join();
    if (made(document).replaceAll(location.origin, '') !== made(fresh).replaceAll(location.origin, '')) return location.reload();
    document.title = fresh.title;
    for (const name of ['token', 'start']) meta(name).content = fresh.querySelector(`meta[name=${name}]`).content;
    for (const id of ['bar', 'main']) morph(byId(id), fresh.getElementById(id));
    await tell('fresh');
  }

  // Whose login has ended goes to the door and comes back; but not with a thought half written.
  function atTheDoor() {
    if (document.querySelector('.field.typed')) return say('your login has ended: log in in another window, then save here', {wrong: true});
    location.assign(`/-/in?to=${encodeURIComponent(location.pathname + location.search)}`);
  }

  async function go(address, instead = false) {
    if (new URL(address, location.href).href !== location.href) history[instead ? 'replaceState' : 'pushState'](null, '', address);
    await refresh();
  }
  addEventListener('popstate', () => refresh());

  // --- News ---------------------------------------------------------------------------------------------------

  let news, looksAt, missed, page = '';
  function listen() {
    news?.close();
    looksAt = main().dataset.about;
    news = new EventSource(`/-/live?about=${encodeURIComponent(looksAt)}`);
    for (const kind of new Set(['hello', 'late', 'issue', 'slots', 'settings', ...Object.keys(heard)])) {
      news.addEventListener(kind, event => tell(kind, JSON.parse(event.data)));
    }
    news.onopen = () => { clearTimeout(missed); missed = 0; away(false) };
    news.onerror = () => {
      missed ||= setTimeout(() => away(true), 1200);
      if (news.readyState === EventSource.CLOSED) setTimeout(async () => { await refresh(); if (!document.hidden) listen() }, 700);
    };
  }
  function away(is) {
    byId('away').hidden = !is;
    document.body.classList.toggle('is-away', is);
    byId('live').textContent = is ? 'not answering' : 'live';
  }
  on('hello', own => { page = own.page });
  // What was said before one listened is made up for by looking.
  for (const kind of ['hello', 'issue', 'late', 'slots', 'settings']) on(kind, () => refresh());
  on('fresh', () => { if (!document.hidden && main().dataset.about !== looksAt) listen() });
  // A browser keeps six lines to one server: a tab nobody sees gives its own back.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) news?.close(); else listen();
  });

  // --- Writing ------------------------------------------------------------------------------------------------

  function say(words, {wrong = false, undo = false} = {}) {
    const line = byId('said'), [text, button] = line.children;
    text.textContent = words;
    button.hidden = !undo;
    line.classList.toggle('wrong', wrong);
    clearTimeout(line.hides);
    line.hides = setTimeout(() => { text.textContent = ''; button.hidden = true }, wrong || undo ? 9000 : 4000);
  }

  // Posts, says what came of it, and fetches the page again. Answers what the server said.
  async function post(path, data = {}, quiet = false) {
    const body = new URLSearchParams(data);
    if (!body.has('seen')) body.set('seen', main().dataset.seen);
    const headers = {'x-pressrun-token': meta('token').content, 'x-pressrun-page': page, 'content-type': 'application/x-www-form-urlencoded'};
    const answer = await fetch(path, {method: 'POST', headers, body}).catch(() => null);
    const type = answer?.headers.get('content-type') ?? '';
    const said = !answer ? {error: 'the preview does not answer: is it still running?'}
      : type.startsWith('application/json') ? await answer.json() : {error: (await answer.text()).trim()};
    if (!quiet || !said.error) say(said.error ?? said.said ?? '', {wrong: !!said.error, undo: said.undo});
    if (answer) await refresh();
    return said;
  }

  const here = (deed = '') => location.pathname + deed;
  const copy = words => navigator.clipboard?.writeText(words).then(() => say(`copied ${words}`), () => say(words));

  async function send(form, submitter) {
    const data = new FormData(form, submitter), dialog = form.closest('dialog');
    data.set('answers', data.getAll('answered').length);
    data.delete('answered');
    for (const input of form.querySelectorAll('[data-kept]')) localStorage.setItem(input.dataset.kept, input.value);
    submitter?.setAttribute('aria-busy', 'true');
    const said = await post(form.dataset.post, data, !!dialog);
    submitter?.removeAttribute('aria-busy');
    // The line at the bottom lies below a dialog: what went wrong is said inside.
    if (dialog && said.error) {
      const line = form.querySelector('.wrong') ?? form.appendChild(Object.assign(document.createElement('p'), {className: 'wrong bad'}));
      line.setAttribute('role', 'alert');
      line.textContent = said.error;
    } else if (dialog && 'closes' in form.dataset) dialog.close();
    if (!said.error && form.dataset.then) location.href = form.dataset.then;
    return said;
  }

  // A dialog the server draws.
  async function open(address) {
    const answer = await fetch(address, {cache: 'no-store'}).catch(() => null);
    if (!answer?.ok) return say('the dialog could not be fetched', {wrong: true});
    const dialog = byId('dialog');
    dialog.replaceChildren(...parsed(await answer.text()).body.childNodes);
    const title = dialog.querySelector('h2');
    title.id = 'dialog-title';
    dialog.setAttribute('aria-labelledby', title.id);
    for (const input of dialog.querySelectorAll('[data-kept]')) input.value ||= localStorage.getItem(input.dataset.kept) ?? '';
    if (!dialog.open) dialog.showModal();
    await tell('dialog', dialog);
  }

  // --- Hands --------------------------------------------------------------------------------------------------

  document.addEventListener('click', event => {
    const at = what => event.target.closest(what);
    const link = at('a[data-stay]');
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) { event.preventDefault(); go(link.href) }
    if (at('[data-copy]')) copy(at('[data-copy]').dataset.copy);
    if (at('[data-dialog]')) open(at('[data-dialog]').dataset.dialog);
    if (at('[data-close]')) at('dialog').close();
    if (at('#said button')) post(here('/undo'));
    // Outside of a dialog's own box is its backdrop.
    if (event.target.nodeName === 'DIALOG') event.target.close();
  });
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches('[data-post], [data-view]')) return;
    event.preventDefault();
    if (form.matches('[data-post]')) return send(form, event.submitter);
    const query = new URLSearchParams(location.search);
    for (const [name, value] of new FormData(form)) value ? query.set(name, value) : query.delete(name);
    go(`?${query}`);
  });

  // A key does its deed in its place, unless somebody types.
  const key = (group, name, does, run, place = 'issue') => keys.push({group, name, does, run, place});
  const held = () => keys.filter(own => own.place === 'everywhere' || own.place === main().dataset.place);
  function pressed(event) {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable], [role=slider]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const own = held().find(own => own.name === event.key);
    if (own) { event.preventDefault(); own.run(event) }
  }
  document.addEventListener('keydown', event => pressed(event));

  function make(name, text, ...inside) {
    const node = document.createElement(name);
    if (text) node.textContent = text;
    node.append(...inside);
    return node;
  }
  function help() {
    const all = held();
    const groups = [...new Set(all.map(own => own.group))].map(group => make('section', '', make('h3', group), make('dl', '',
      ...all.filter(own => own.group === group).map(({name, does}) => make('div', '', make('dt', '', make('kbd', name)), make('dd', does))))));
    byId('keys').querySelector('.groups').replaceChildren(...groups);
    byId('keys').showModal();
  }
  document.addEventListener('DOMContentLoaded', () => {
    byId('help').addEventListener('click', help);
    key('Do', '?', 'these keys', help, 'everywhere');
    if (!document.hidden) listen();
  });
  return {byId, on, tell, key, post, say, copy, open, refresh, go, here, morph, parsed, pressed};
})();

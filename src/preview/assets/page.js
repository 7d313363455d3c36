// The desk's script. The server renders whole pages; this fetches them again when news comes and changes what
// differs, so that focus, scroll and open details stay where they are. One global, `desk`; rooms add to it.
'use strict';
const desk = (() => {
  const meta = name => document.querySelector(`meta[name=${name}]`).content;
  const heard = {}, keys = {};
  let news;

  // Changes `old` into `fresh` where they differ, and nothing else.
  function morph(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    const frame = old.nodeName === 'IFRAME';
    for (const {name, value} of [...fresh.attributes]) if (!(frame && name === 'src') && old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const {name} of [...old.attributes]) {
      const kept = name.startsWith('data-own') || (old.nodeName === 'DETAILS' && name === 'open') || (frame && name === 'style');
      if (!kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    if (old.nodeName === 'INPUT' && old !== document.activeElement && old.value !== fresh.value) old.value = fresh.value;
    if (old.hasAttribute('data-own')) return;
    // Children with an id stay themselves, the others pair off in order. A frame that is moved would load again,
    // so what is gone is taken out first.
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

  async function refresh(address = location.href) {
    const answer = await fetch(address, {cache: 'no-store'});
    if (!answer.ok) return say(`the page could not be fetched (${answer.status})`, true);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.title = fresh.title;
    morph(document.getElementById('main'), fresh.getElementById('main'));
    await tell('fresh', {});
  }

  function say(words, wrong) {
    const line = document.getElementById('said');
    line.textContent = words;
    line.classList.toggle('wrong', !!wrong);
    clearTimeout(line.hides);
    line.hides = setTimeout(() => { line.textContent = '' }, wrong ? 9000 : 4000);
  }

  async function post(path, data) {
    const headers = {'x-pressrun-token': meta('token'), 'content-type': 'application/x-www-form-urlencoded'};
    const answer = await fetch(path, {method: 'POST', headers, body: new URLSearchParams(data)}).catch(() => null);
    const type = answer?.headers.get('content-type') ?? '';
    const said = !answer ? {error: 'the preview does not answer: is it still running?'}
      : type.startsWith('application/json') ? await answer.json() : {error: (await answer.text()).trim()};
    say(said.error ?? said.said ?? '', !!said.error);
    return said;
  }

  const on = (kind, run) => (heard[kind] ??= []).push(run);
  const tell = (kind, data) => Promise.all((heard[kind] ?? []).map(run => run(data)));
  const key = (name, does, run) => { keys[name] = {does, run} };

  function listen() {
    news = new EventSource(`/-/live?about=${encodeURIComponent(meta('about'))}`);
    const light = document.getElementById('live');
    const kinds = new Set(['hello', 'late', 'issue', 'settings', 'files', ...Object.keys(heard)]);
    for (const kind of kinds) news.addEventListener(kind, event => tell(kind, JSON.parse(event.data)));
    news.onopen = () => { light.textContent = 'live'; light.classList.remove('wrong') };
    news.onerror = () => {
      light.textContent = 'waiting for the preview'; light.classList.add('wrong');
      if (news.readyState === EventSource.CLOSED) setTimeout(listen, 700);
    };
  }
  on('hello', ({start}) => { if (start !== meta('start')) location.reload() });
  for (const kind of ['issue', 'late', 'settings']) on(kind, () => refresh());

  async function go(address) {
    history.replaceState(null, '', address);
    await refresh();
  }
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-stay]');
    if (link && !event.metaKey && !event.ctrlKey) { event.preventDefault(); go(link.href) }
    const copied = event.target.closest('[data-copy]');
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => say(`copied ${copied.dataset.copy}`), () => say(copied.dataset.copy));
  });
  document.addEventListener('submit', async event => {
    const form = event.target;
    if (form.matches('[data-post]')) {
      event.preventDefault();
      await post(form.getAttribute('action'), new FormData(form, event.submitter));
    } else if (form.matches('[data-view]')) {
      event.preventDefault();
      const query = new URLSearchParams(location.search);
      for (const [name, value] of new FormData(form)) value ? query.set(name, value) : query.delete(name);
      go(`?${query}`);
    }
  });
  document.addEventListener('keydown', event => pressed(event));
  function pressed(event) {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable], [role=slider]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const own = keys[event.key];
    if (own) { event.preventDefault(); own.run(event) }
  }
  function help() {
    const dialog = document.getElementById('keys'), list = dialog.querySelector('dl');
    list.replaceChildren(...Object.entries(keys).flatMap(([name, {does}]) => {
      const term = document.createElement('dt'), words = document.createElement('dd'), cap = document.createElement('kbd');
      cap.textContent = name; term.append(cap); words.textContent = does;
      return [term, words];
    }));
    dialog.showModal();
  }
  document.addEventListener('DOMContentLoaded', () => {
    document.getElementById('help').addEventListener('click', help);
    key('?', 'these keys', help);
    listen();
  });
  return {on, key, post, say, refresh, go, morph, pressed, tell};
})();

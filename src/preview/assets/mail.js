// The mails in their frames: changed in place when news comes, walked block by block, widened by the grip.
{
  const frames = () => [...document.querySelectorAll('iframe[data-mail]')];
  desk.frames = () => frames().filter(frame => frame.id !== 'before').map(frame => frame.contentDocument).filter(Boolean);

  // Parsed by the frame's own window, under the frame's own policy, and nothing of it runs.
  async function fill(all) {
    const fetched = new Map();
    for (const frame of all) {
      const address = frame.dataset.mail;
      if (!fetched.has(address)) fetched.set(address, fetch(address, {cache: 'no-store'}).then(answer => answer.text()));
      const html = await fetched.get(address), page = frame.contentDocument;
      if (!page?.documentElement || page.readyState === 'loading') continue;
      const fresh = new frame.contentWindow.DOMParser().parseFromString(html, 'text/html');
      desk.morph(page.documentElement, fresh.documentElement);
      dress(frame);
    }
    order();
  }
  desk.on('fresh', () => fill(frames()));

  // Links of the mail lead nowhere from here; keys work inside a frame as outside.
  function dress(frame) {
    const page = frame.contentDocument;
    if (!page || page.dressed) return;
    page.dressed = true;
    page.addEventListener('click', event => {
      const link = event.target.closest?.('a[href]');
      if (!link) return;
      event.preventDefault();
      desk.say(link.getAttribute('href'));
    });
    page.addEventListener('keydown', event => desk.pressed(event));
  }
  document.addEventListener('load', event => { if (event.target.matches?.('iframe[data-mail]')) { dress(event.target); order() } }, true);
  document.addEventListener('DOMContentLoaded', () => { frames().forEach(dress); order() });

  // Walking.
  let here = -1;
  const blocks = page => [...page.querySelectorAll('td[id]')];
  desk.show = id => {
    for (const page of desk.frames()) {
      const block = page.getElementById(id);
      if (!block) continue;
      page.scrollingElement.scrollTo({top: block.getBoundingClientRect().top + page.scrollingElement.scrollTop - 12, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'});
      block.animate?.([{outline: '3px solid #c8323a', outlineOffset: '-3px'}, {outline: '3px solid transparent', outlineOffset: '-3px'}], 900);
      here = blocks(page).indexOf(block);
    }
  };
  const walk = step => {
    const all = desk.frames().map(blocks)[0] ?? [];
    if (!all.length) return;
    here = Math.max(0, Math.min(all.length - 1, here + step));
    desk.show(all[here].id);
  };
  desk.key('j', 'next block', () => walk(1));
  desk.key('k', 'previous block', () => walk(-1));
  const press = id => () => document.getElementById(id)?.click();
  desk.key('t', 'plain text', press('v-side-text'));
  desk.key('d', 'light, dark, forced dark', () => {
    const all = [...document.querySelectorAll('[id^=v-look-]')];
    all[(all.findIndex(link => link.hasAttribute('aria-current')) + 1) % all.length]?.click();
  });
  desk.key('i', 'pictures off and on', press('v-images'));
  desk.key('1', 'phone', press('v-panes-phone'));
  desk.key('2', 'desktop', press('v-panes-desktop'));
  desk.key('3', 'both', press('v-panes-both'));
  desk.key('y', 'the issue before', press('v-side-before'));
  desk.key('c', 'to the checks', () => finding(0, true));

  let found = -1;
  function finding(step, first) {
    const all = [...document.querySelectorAll('[data-finding]')];
    if (!all.length) return desk.say('the checks have nothing to say');
    found = first ? 0 : (found + step + all.length) % all.length;
    all[found].focus();
    all[found].scrollIntoView({block: 'nearest'});
    if (all[found].dataset.block) desk.show(all[found].dataset.block);
  }
  desk.key('n', 'next finding', () => finding(1));
  desk.key('N', 'finding before', () => finding(-1));
  desk.key('/', 'see the mail as a reader', () => document.getElementById('reader')?.focus());
  document.addEventListener('click', event => {
    const to = event.target.closest('[data-block]');
    if (to && !event.target.closest('[data-copy], form')) desk.show(to.dataset.block);
  });

  // What a screen reader says, in its order: read off the desktop's own document.
  function order() {
    const list = document.getElementById('order'), page = desk.frames().at(-1);
    if (!list || !page?.body) return;
    const lines = [];
    const say = (kind, words) => { words = words.replace(/[\s\u034f\u200c\u00a0]+/g, ' ').trim(); if (words) lines.push([kind, words]) };
    const walk = node => {
      if (node.nodeType === 3) return say('', node.data);
      if (node.nodeType !== 1 || getComputedStyle(node).display === 'none' || node.getAttribute('aria-hidden') === 'true') return;
      if (/^H[1-6]$/.test(node.nodeName)) return say(`heading ${node.nodeName[1]}`, node.textContent);
      if (node.nodeName === 'IMG') return say('picture', node.alt);
      if (node.nodeName === 'A') { say('link', node.textContent); return node.querySelectorAll('img').forEach(walk) }
      if (node.nodeName === 'P' && !node.querySelector('a, img')) return say('', node.textContent);
      node.childNodes.forEach(walk);
    };
    walk(page.body);
    list.setAttribute('data-own', '');
    list.replaceChildren(...lines.map(([kind, words]) => {
      const row = document.createElement('li'), label = document.createElement('span');
      label.className = 'quiet'; label.textContent = kind;
      row.append(label, words);
      return row;
    }));
  }

  // The grip: 320 to 1200, by drag or by arrows.
  function widen(width) {
    const pane = document.getElementById('wide'), grip = document.getElementById('grip');
    if (!pane) return;
    width = Math.round(Math.max(320, Math.min(1200, width)));
    pane.querySelector('iframe').style.width = `${width}px`;
    document.getElementById('width').textContent = width;
    grip.setAttribute('aria-valuenow', width);
    sessionStorage.setItem('width', width);
  }
  const width = () => +(sessionStorage.getItem('width') ?? 640);
  desk.on('fresh', () => widen(width()));
  document.addEventListener('DOMContentLoaded', () => widen(width()));
  document.addEventListener('pointerdown', event => {
    if (event.target.id !== 'grip') return;
    const grip = event.target, from = event.clientX, had = width();
    grip.setPointerCapture(event.pointerId);
    document.body.classList.add('dragging');
    const move = event => widen(had + event.clientX - from);
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', () => { grip.removeEventListener('pointermove', move); document.body.classList.remove('dragging') }, {once: true});
  });
  document.addEventListener('keydown', event => {
    if (event.target.id !== 'grip') return;
    const step = {ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100, Home: -9999, End: 9999}[event.key];
    if (step) { event.preventDefault(); widen(width() + step) }
  });
}

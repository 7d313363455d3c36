// The mails in their frames: changed in place when news comes, walked block by block, widened by the grip.
{
  const frames = () => [...document.querySelectorAll('iframe[data-mail]')];
  const mails = () => frames().filter(frame => frame.id !== 'before');
  const isSeen = frame => frame.offsetWidth > 0;
  // Before its first load a frame holds an empty page that is not the mail.
  const page = frame => {
    const own = frame.contentDocument;
    return own && own.URL !== 'about:blank' && own.readyState !== 'loading' ? own : null;
  };
  desk.mails = () => mails().map(page).filter(Boolean);

  // Parsed by the frame's own window, under the frame's own policy, and nothing of it runs. An answer that a later
  // wish has overtaken is thrown away.
  async function fill(all) {
    const fetched = new Map();
    await Promise.all(all.map(async frame => {
      const address = frame.dataset.mail, wish = frame.wish = (frame.wish ?? 0) + 1;
      if (!page(frame)) return;
      if (!fetched.has(address)) fetched.set(address, fetch(address, {cache: 'no-store'}).then(answer => answer.ok ? answer.text() : null, () => null));
      const html = await fetched.get(address), mail = page(frame);
      if (html === null || !mail || wish !== frame.wish) return;
      const fresh = new frame.contentWindow.DOMParser().parseFromString(html, 'text/html');
      desk.morph(mail.documentElement, fresh.documentElement);
      dress(frame);
      frame.drawn = address;
    }));
  }
  desk.on('fresh', () => fill(frames()));

  // Links of the mail lead nowhere from here; keys work inside a frame as outside; a click shows its block.
  function dress(frame) {
    const mail = page(frame);
    if (!mail || mail.dressed) return;
    mail.dressed = true;
    mail.addEventListener('click', event => {
      const link = event.target.closest?.('a[href]');
      if (link) { event.preventDefault(); desk.say(link.getAttribute('href')) }
      const block = event.target.closest?.('td[id]');
      if (block && frame.id !== 'before') mark(block.id);
    });
    mail.addEventListener('keydown', event => desk.pressed(event));
  }

  // --- Where one was stays over a reload --------------------------------------------------------------------

  const kept = `scroll ${location.pathname}`;
  addEventListener('pagehide', () => {
    const tops = frames().map(frame => [frame.id, page(frame)?.scrollingElement?.scrollTop ?? 0]);
    sessionStorage.setItem(kept, JSON.stringify(Object.fromEntries(tops)));
  });
  const tops = JSON.parse(sessionStorage.getItem(kept) ?? '{}');
  function loaded(frame) {
    dress(frame);
    if (frame.drawn === undefined) {
      page(frame)?.scrollingElement?.scrollTo(0, tops[frame.id] ?? 0);
      frame.drawn = frame.getAttribute('src');
    }
    if (frame.dataset.mail !== frame.drawn) fill([frame]);
  }
  document.addEventListener('load', event => { if (event.target.matches?.('iframe[data-mail]')) loaded(event.target) }, true);
  document.addEventListener('DOMContentLoaded', () => frames().filter(page).forEach(loaded));

  // --- Walking ------------------------------------------------------------------------------------------------

  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  let here = '';
  desk.at = () => here;
  function mark(id) {
    here = id;
    for (const row of document.querySelectorAll('li.block')) row.toggleAttribute('data-here', row.dataset.block === id);
    document.querySelector('li.block[data-here]')?.scrollIntoView({block: 'nearest'});
  }
  desk.on('fresh', () => here && mark(here));
  desk.show = id => {
    mark(id);
    for (const mail of desk.mails()) {
      const block = mail.getElementById(id), scroller = mail.scrollingElement;
      if (!block) continue;
      scroller.scrollTo({top: block.getBoundingClientRect().top + scroller.scrollTop - 12, behavior: calm.matches ? 'auto' : 'smooth'});
      block.animate?.([{outline: '3px solid #c8323a', outlineOffset: '-3px'}, {outline: '3px solid transparent', outlineOffset: '-3px'}], 900);
    }
  };
  const walk = step => {
    const all = [...(desk.mails()[0]?.querySelectorAll('td[id]') ?? [])].map(block => block.id);
    if (!all.length) return;
    const at = all.indexOf(here);
    desk.show(all[Math.max(0, Math.min(all.length - 1, at < 0 && step < 0 ? 0 : at + step))]);
  };
  desk.key('Walk', 'j', 'next block', () => walk(1));
  desk.key('Walk', 'k', 'block before', () => walk(-1));

  let found = -1;
  async function finding(step, first) {
    if (!desk.byId('checks').offsetWidth) await desk.go(desk.byId('v-rail-checks').href);
    const all = [...document.querySelectorAll('#checks [data-finding]')];
    if (!all.length) return desk.say('the checks have nothing to say');
    found = first ? 0 : (found + step + all.length) % all.length;
    for (let fold = all[found].closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    all[found].focus();
    all[found].scrollIntoView({block: 'nearest'});
    if (all[found].dataset.block) desk.show(all[found].dataset.block);
  }
  desk.key('Walk', 'c', 'to the checks', () => finding(0, true));
  desk.key('Walk', 'n', 'next finding', () => finding(1));
  desk.key('Walk', 'N', 'finding before', () => finding(-1));
  document.addEventListener('click', event => {
    const to = event.target.closest('[data-block]');
    if (to && !event.target.closest('[data-copy], form, summary, .open')) desk.show(to.dataset.block);
  });

  // --- Lenses -------------------------------------------------------------------------------------------------

  const press = id => () => desk.byId(id)?.click();
  desk.key('Look', '1', 'phone', press('v-panes-phone'));
  desk.key('Look', '2', 'desktop', press('v-panes-desktop'));
  desk.key('Look', '3', 'both', press('v-panes-both'));
  desk.key('Look', 'd', 'light, dark, forced dark', () => {
    const all = [...document.querySelectorAll('[id^=v-look-]')];
    all[(all.findIndex(link => link.hasAttribute('aria-current')) + 1) % all.length]?.click();
  });
  desk.key('Look', 'i', 'pictures on and off', press('v-images'));
  desk.key('Look', 't', 'plain text beside them', press('v-side-text'));
  desk.key('Look', 'y', 'the issue before beside them', press('v-side-before'));
  // A pane that is only there because there is room for it closes at the first wish.
  document.addEventListener('click', event => {
    const spare = event.target.closest('a[data-spare]');
    if (spare && desk.byId('third')?.offsetWidth) spare.href = desk.byId('third').querySelector('.close').href;
  }, true);

  // --- The grip: 320 to 1200, by drag or by arrows -------------------------------------------------------------

  function widen(width) {
    const glass = document.querySelector('#wide .glass');
    if (!glass) return;
    width = Math.round(Math.max(320, Math.min(1200, width)));
    glass.style.width = `${width}px`;
    desk.byId('width').textContent = width;
    desk.byId('grip').setAttribute('aria-valuenow', width);
    sessionStorage.setItem('width', width);
  }
  const width = () => +(sessionStorage.getItem('width') ?? 640);
  desk.on('fresh', () => widen(width()));
  document.addEventListener('DOMContentLoaded', () => widen(width()));
  document.addEventListener('pointerdown', event => {
    if (event.target.id !== 'grip') return;
    const grip = event.target, glass = grip.parentElement.querySelector('.glass');
    // Large screens are drawn enlarged: a pixel of the hand is less than one of the mail.
    const scale = glass.offsetWidth / glass.getBoundingClientRect().width, from = event.clientX, had = width();
    grip.setPointerCapture(event.pointerId);
    document.body.classList.add('dragging');
    const move = event => widen(had + (event.clientX - from) * scale);
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', () => { grip.removeEventListener('pointermove', move); document.body.classList.remove('dragging') }, {once: true});
  });
  document.addEventListener('keydown', event => {
    if (event.target.id !== 'grip') return;
    const step = {ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100, Home: -9999, End: 9999}[event.key];
    if (step) { event.preventDefault(); widen(width() + step) }
  });
}

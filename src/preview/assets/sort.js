// Lists put in another order: by the handle, or by keys on the row that has the focus. The server moves the lines
// of the file; the page shows what the file says then.
{
  const rows = list => [...list.children].filter(row => row.dataset.number);
  const list = row => row.closest('[data-sort]');

  async function move(row, to) {
    const home = list(row), last = rows(home).length, from = +row.dataset.number;
    to = Math.max(1, Math.min(last, to));
    if (to === from) return;
    const {number, story = ''} = row.dataset;
    await desk.post(home.dataset.sort, {number, story, at: to});
    rows(desk.byId(home.id) ?? home)[to - 1]?.focus();
  }

  // --- By keys --------------------------------------------------------------------------------------------------

  const row = () => document.activeElement?.closest('li[data-number]');
  const step = by => () => {
    const own = row() ?? document.querySelector('li.block[data-here]');
    if (own) move(own, +own.dataset.number + by); else desk.say('walk to a block first, with j and k');
  };
  desk.key('Write', 'J', 'move the block down', step(1));
  desk.key('Write', 'K', 'move the block up', step(-1));
  document.addEventListener('keydown', event => {
    const own = event.target.closest?.('li[data-number]');
    if (!own || event.target !== own) return;
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (by && event.altKey) { event.preventDefault(); move(own, +own.dataset.number + by) }
    else if (by) { event.preventDefault(); near(own, by)?.focus() }
    else if (event.key === 'Enter') { event.preventDefault(); const label = own.querySelector('.label [name=label]'); label?.focus(); label?.select() }
    else if (event.key === 'Delete') { event.preventDefault(); own.querySelector('.out button').click() }
  });
  function near(own, by) {
    const all = [...document.querySelectorAll('#blocks li[data-number]')];
    return all[all.indexOf(own) + by];
  }
  document.addEventListener('focusin', event => {
    const block = event.target.matches('li.block') && event.target.dataset.block;
    if (block) desk.show(block);
  });

  // --- By hand ---------------------------------------------------------------------------------------------------

  document.addEventListener('pointerdown', event => {
    if (!event.target.matches('.handle') || event.button) return;
    const handle = event.target, own = handle.closest('li[data-number]'), all = rows(list(own));
    let to = null;
    event.preventDefault();
    const pointer = event.pointerId;
    handle.setPointerCapture(pointer);
    own.classList.add('lifted');
    document.body.classList.add('dragging');
    const clear = () => all.forEach(row => row.classList.remove('above', 'below'));
    const over = event => {
      // The place it would have among the others, and a line where that is.
      const others = all.filter(row => row !== own);
      const at = others.findIndex(row => { const box = row.getBoundingClientRect(); return event.clientY < box.top + box.height / 2 });
      to = (at < 0 ? others.length : at) + 1;
      clear();
      if (at < 0) others.at(-1)?.classList.add('below'); else others[at].classList.add('above');
    };
    // Esc lets it go where it was.
    const leave = event => { if (event.key === 'Escape') { to = null; handle.releasePointerCapture(pointer) } };
    const drop = () => {
      handle.removeEventListener('pointermove', over);
      document.removeEventListener('keydown', leave);
      own.classList.remove('lifted');
      document.body.classList.remove('dragging');
      clear();
      if (to) move(own, to);
    };
    handle.addEventListener('pointermove', over);
    handle.addEventListener('lostpointercapture', drop, {once: true});
    document.addEventListener('keydown', leave);
  });
}

// The shelf: stories searched as one types, chosen by arrows, put into the issue or gone to.
{
  const shelf = () => document.querySelector('#dialog .shelf');
  const options = () => [...desk.byId('shelf').querySelectorAll('[role=option]')];
  const chosen = () => options().find(option => option.getAttribute('aria-selected') === 'true');

  function choose(option) {
    for (const other of options()) other.setAttribute('aria-selected', other === option);
    desk.byId('word').setAttribute('aria-activedescendant', option?.id ?? '');
    option?.scrollIntoView({block: 'nearest'});
  }

  let wish = 0;
  async function search() {
    const form = shelf(), own = ++wish;
    const answer = await fetch(`${form.dataset.shelf}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
    const fresh = answer?.ok && desk.parsed(await answer.text());
    if (!fresh || own !== wish || !shelf()) return;
    for (const id of ['shelf', 'shelf-more']) desk.byId(id).replaceWith(fresh.getElementById(id));
    choose(options()[0]);
  }

  // A story that is in the issue is gone to; another is added.
  async function take(option) {
    const form = shelf(), {story, home} = option.dataset;
    if (home) { desk.byId('dialog').close(); desk.show(home); return desk.byId(`row-${home}`)?.focus() }
    const behind = document.querySelector('li.block[data-here]')?.dataset.number ?? '';
    const said = await desk.post(form.dataset.add, {story, into: form.into.value, behind}, true);
    if (said.error) { desk.byId('shelf-more').textContent = said.error; desk.byId('shelf-more').className = 'more bad' }
    else desk.byId('dialog').close();
  }

  desk.on('dialog', () => {
    if (!shelf()) return;
    const here = document.querySelector('li.block[data-here]')?.dataset.number;
    if ([...shelf().into.options].some(option => option.value === here)) shelf().into.value = here;
    choose(options()[0]);
  });
  document.addEventListener('input', event => { if (event.target.closest('.shelf .search')) search() });
  document.addEventListener('submit', event => { if (event.target === shelf()) { event.preventDefault(); if (chosen()) take(chosen()) } });
  document.addEventListener('keydown', event => {
    if (event.target.id !== 'word') return;
    const all = options(), at = all.indexOf(chosen()), step = {ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8}[event.key];
    if (step) { event.preventDefault(); choose(all[Math.max(0, Math.min(all.length - 1, at + step))]) }
    if (event.key === 'Enter' && event.ctrlKey && chosen()) { event.preventDefault(); desk.post(desk.here('/open'), {story: chosen().dataset.story}) }
  });
  document.addEventListener('click', event => {
    const option = event.target.closest('#shelf [role=option]');
    if (option) take(option);
  });

  const open = () => desk.open(desk.here('/stories'));
  desk.key('Write', '/', 'go to a story, or add it', open);
  desk.key('Write', '+', 'add a story', open);
  desk.key('Write', 'u', 'take the last change back', () => desk.post(desk.here('/undo')));
}

// Writing in place: a field saves with Enter and puts back with Esc. What was typed is never lost to somebody
// else's save: the field keeps it, and says what stands on disk.
{
  const own = form => form.querySelector('textarea, input:not([type=hidden]), select');
  const isTyped = field => field.nodeName !== 'SELECT' && field.value !== field.defaultValue;

  function show(form) {
    const field = own(form), note = form.querySelector('.theirs');
    form.classList.toggle('typed', isTyped(field));
    if (note && !isTyped(field)) note.hidden = true;
  }

  function theirs(field, words) {
    const note = field.form?.querySelector('.theirs');
    const said = words ? `On disk it says “${words}” now.` : 'On disk it is empty now.';
    if (note) { note.textContent = `${said} Enter writes yours over it, Esc takes it.`; note.hidden = false }
    else desk.say(`${said} Yours is not saved.`, {wrong: true});
  }
  desk.on('theirs', field => theirs(field, field.defaultValue));

  async function save(form) {
    const field = own(form);
    if (field.nodeName !== 'SELECT' && !isTyped(field)) return field.blur();
    const data = new FormData(form);
    field.setAttribute('aria-busy', 'true');
    const said = await desk.post(form.dataset.field, data, true);
    field.removeAttribute('aria-busy');
    if (said.changed) theirs(field, said.theirs ?? field.defaultValue);
    else if (said.error) desk.say(said.error, {wrong: true});
    else field.blur();
    show(form);
  }

  function back(field) {
    field.value = field.defaultValue;
    show(field.form);
    marks(field.form);
    const row = field.closest('li');
    if (row) row.focus(); else field.blur();
  }

  document.addEventListener('submit', event => {
    if (!event.target.matches('[data-field]')) return;
    event.preventDefault();
    save(event.target);
  });
  document.addEventListener('change', event => {
    const form = event.target.closest('[data-field]');
    if (form && event.target.nodeName === 'SELECT') save(form);
  });
  document.addEventListener('keydown', event => {
    const field = event.target, form = field.closest?.('[data-field]');
    if (!form || event.isComposing) return;
    if (event.key === 'Escape') { event.preventDefault(); back(field) }
    if (event.key === 'Enter' && field.nodeName === 'TEXTAREA') { event.preventDefault(); save(form) }
  });
  document.addEventListener('input', event => {
    const form = event.target.closest('[data-field]');
    if (!form) return;
    // A subject is one line, whatever was pasted.
    if (event.target.nodeName === 'TEXTAREA' && event.target.value.includes('\n')) event.target.value = event.target.value.replace(/\s*\n\s*/g, ' ');
    show(form);
    marks(form);
  });
  desk.on('fresh', () => { for (const form of document.querySelectorAll('[data-field]')) { show(form); if (isTyped(own(form))) marks(form) } });

  // The marks of what is being typed; the server draws them, as it draws those of the file.
  let wish = 0;
  async function marks(form) {
    if (!form.dataset.marks) return;
    const turn = ++wish, query = new URLSearchParams({subject: desk.byId('subject').value, preheader: desk.byId('preheader').value});
    const answer = await fetch(`${form.dataset.marks}?${query}`).catch(() => null);
    const fresh = answer?.ok && desk.parsed(await answer.text());
    if (!fresh || turn !== wish) return;
    for (const id of ['subject-drawn', 'preheader-drawn']) desk.byId(id)?.replaceChildren(...fresh.getElementById(id).childNodes);
  }

  // The rail follows the checks by itself, but not under somebody's hands.
  document.addEventListener('focusin', event => {
    const query = new URLSearchParams(location.search);
    if (!event.target.closest('#blocks') || query.has('rail')) return;
    query.set('rail', 'blocks');
    history.replaceState(null, '', `?${query}`);
  });

  // --- Whom the mail is for: the list offers readers as their address is typed ---------------------------------

  document.addEventListener('input', async event => {
    const address = event.target.dataset?.readers;
    if (!address) return;
    const answer = await fetch(`${address}?${new URLSearchParams({begin: event.target.value})}`).catch(() => null);
    if (answer?.ok) desk.byId('readers').replaceChildren(...desk.parsed(`<datalist>${await answer.text()}</datalist>`).querySelector('datalist').childNodes);
  });

  // --- Opening in the editor, approving, a test ------------------------------------------------------------------

  async function open(what) {
    const said = await desk.post(desk.here('/open'), what);
    const place = said.error?.match(/^\S+:\d+/);
    if (place) navigator.clipboard?.writeText(place[0]).catch(() => {});
  }
  document.addEventListener('click', event => {
    const finding = event.target.closest('[data-open-finding]');
    if (finding) open({finding: finding.dataset.openFinding});
  });
  desk.key('Do', 'o', 'open it in the editor', () => {
    const at = document.activeElement?.closest('[data-finding], [data-story]');
    const block = document.activeElement?.closest('[data-block]')?.dataset.block ?? desk.at();
    if (at?.dataset.finding) open({finding: at.dataset.finding});
    else if (at?.dataset.story) open({story: at.dataset.story});
    else open(block ? {block} : {});
  });
  const press = address => () => document.querySelector(`#deeds [data-dialog$="${address}"]`)?.click();
  desk.key('Do', 'e', 'send a test to me', press('/test'));
  desk.key('Do', 'a', 'approve', press('/approve'));
}

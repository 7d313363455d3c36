// The days: searched as one types, walked by keys.
{
  desk.on('days', () => desk.refresh());

  const word = () => desk.byId('q');
  function find() {
    const query = new URLSearchParams(location.search);
    if (word().value.trim()) query.set('q', word().value.trim()); else query.delete('q');
    // What one types on the way to a word is no view to go back to.
    return desk.go(`/days?${query}`, true);
  }
  document.addEventListener('input', event => {
    if (event.target !== word()) return;
    clearTimeout(word().rests);
    word().rests = setTimeout(find, 60);
  });
  desk.on('fresh', () => {
    if (word() && word() !== document.activeElement) word().value = new URLSearchParams(location.search).get('q') ?? '';
  });

  // --- Walking ------------------------------------------------------------------------------------------------

  const rows = () => [...document.querySelectorAll('.days .go')].filter(row => row.getClientRects().length);
  function step(by) {
    const all = rows(), at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
  }
  desk.key('Walk', 'j', 'next issue', () => step(1), 'days');
  desk.key('Walk', 'k', 'issue before', () => step(-1), 'days');
  desk.key('Walk', '/', 'search the archive', () => { word().focus(); word().select() }, 'days');
  document.addEventListener('keydown', event => {
    if (event.target !== word()) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); rows()[0]?.focus() }
    if (event.key === 'Escape' && word().value) { event.preventDefault(); word().value = ''; find() }
  });
}

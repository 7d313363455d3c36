// The ways between the rooms; a run is drawn by the server, from one moment of the store.
{
  const walk = way => () => document.querySelector(`header.bar [data-way=${way}]`)?.click();
  desk.key('Walk', 'p', 'to the press room', walk('room'));
  desk.key('Walk', 'p', 'back to the issue', walk('issue'), 'room');
  desk.key('Walk', 'l', 'to the list of days', walk('days'));
  desk.key('Walk', 'l', 'to the list of days', walk('days'), 'room');
  desk.on('run', () => desk.refresh());
}

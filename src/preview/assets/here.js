// Who else is on this page, and what they just did. The server makes the sentences.
{
  desk.on('here', ({words}) => {
    const line = desk.byId('here');
    if (line.textContent !== words) line.textContent = line.title = words;
  });
  let hides;
  desk.on('deed', ({words}) => {
    const line = desk.byId('told');
    line.textContent = words;
    clearTimeout(hides);
    hides = setTimeout(() => { line.textContent = '' }, 8000);
  });
}

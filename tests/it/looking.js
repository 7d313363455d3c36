// What a browser makes of pages: how wide each is, and how each stretch of its text looks. Every page is shown in
// a frame of its own, as wide as a window would be; the answer is one JSON text.
(async (frames) => {
  const luminance = ([r, g, b]) => {
    const part = (value) => (value /= 255, value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const style = (element) => element.ownerDocument.defaultView.getComputedStyle(element);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = channels(style(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const runs = (page) => {
    const seen = [];
    const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      const words = node.textContent.trim();
      const range = page.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!words || box.width < 2 || box.height < 2) continue;
      const set = style(node.parentElement);
      const [one, two] = [luminance(channels(set.color)), luminance(ground(node.parentElement))];
      const lines = Math.max(1, Math.round(box.height / parseFloat(set.lineHeight)));
      seen.push({
        words: words.slice(0, 60),
        contrast: (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05),
        size: parseFloat(set.fontSize),
        perLine: words.length > 120 ? Math.round(words.length / lines) : 0,
        dark: two < 0.2,
      });
    }
    return seen;
  };
  const pictures = (page) => [...page.images].map((image) => {
    const box = image.getBoundingClientRect();
    return { alt: image.alt, width: box.width, height: box.height };
  });
  const links = (page) => [...page.querySelectorAll('a[href]')].map((link) => {
    const cell = link.parentElement;
    return {
      words: link.textContent.trim().slice(0, 60),
      height: link.getBoundingClientRect().height,
      button: cell.tagName === 'TD' && cell.bgColor !== '',
    };
  });
  const look = async ({ html, folder, width, dark }) => {
    const frame = document.createElement('iframe');
    // A frame's page asks the frame whether it is night.
    frame.style = `border:0;width:${width}px;height:900px;color-scheme:${dark ? 'dark' : 'light'}`;
    frame.srcdoc = html.replace('<head>', `<head><base href="file://${folder}/">`);
    const shown = new Promise((done) => (frame.onload = done));
    document.body.append(frame);
    await shown;
    const page = frame.contentDocument;
    const widest = Math.max(page.documentElement.scrollWidth, page.body.scrollWidth);
    const seen = { widest, room: page.documentElement.clientWidth, runs: runs(page), pictures: pictures(page), links: links(page) };
    frame.remove();
    return seen;
  };
  return JSON.stringify(await Promise.all(frames.map(look)));
})(FRAMES)

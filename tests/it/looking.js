// What a browser makes of the page: how wide it is, and how each stretch of text looks. One JSON text.
(() => {
  const luminance = ([r, g, b]) => {
    const part = (value) => (value /= 255, value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = channels(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const runs = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const words = node.textContent.trim();
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!words || box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(node.parentElement);
    const [one, two] = [luminance(channels(style.color)), luminance(ground(node.parentElement))];
    const lines = Math.max(1, Math.round(box.height / parseFloat(style.lineHeight)));
    runs.push({
      words: words.slice(0, 60),
      contrast: (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05),
      size: parseFloat(style.fontSize),
      perLine: words.length > 120 ? Math.round(words.length / lines) : 0,
      dark: two < 0.2,
    });
  }
  const pictures = [...document.images].map((image) => {
    const box = image.getBoundingClientRect();
    return { alt: image.alt, width: box.width, height: box.height };
  });
  const links = [...document.querySelectorAll('a[href]')].map((link) => {
    const box = link.getBoundingClientRect();
    return { words: link.textContent.trim().slice(0, 60), height: box.height, button: link.parentElement.bgColor !== undefined && link.parentElement.bgColor !== '' };
  });
  const widest = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  return JSON.stringify({ widest, room: document.documentElement.clientWidth, runs, pictures, links });
})()

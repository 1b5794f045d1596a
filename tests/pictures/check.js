// What is wrong with the page as it is shown now: a list of sentences, each with the words that it is about.
(() => {
  const found = new Set();
  const wide = document.documentElement.clientWidth;
  const said = (node) => JSON.stringify(node.textContent.trim().replace(/\s+/g, " ").slice(0, 60));

  // Colours, as numbers from 0 to 1 with their opacity.
  const parse = (text) => {
    const parts = text.match(/^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/);
    if (!parts) throw new Error(`not a colour that this check understands: ${text}`);
    const [red, green, blue] = parts.slice(1, 4).map((part) => Number(part) / 255);
    return { red, green, blue, opacity: parts[4] === undefined ? 1 : Number(parts[4]) };
  };
  const over = (upper, lower) => {
    const mix = (one, two) => one * upper.opacity + two * (1 - upper.opacity);
    const [red, green, blue] = ["red", "green", "blue"].map((name) => mix(upper[name], lower[name]));
    return { red, green, blue, opacity: 1 };
  };
  // WCAG 2.2, "relative luminance" and "contrast ratio".
  const luminance = (colour) => {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
  };
  const contrast = (one, two) => {
    const [dark, light] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  // What the browser paints where no element has a background: it depends on the scheme.
  const canvas = () => {
    const probe = document.createElement("i");
    probe.style.color = "Canvas";
    document.documentElement.append(probe);
    const colour = parse(getComputedStyle(probe).color);
    probe.remove();
    return colour;
  };
  const empty = canvas();
  const paper = (element) => {
    if (!element) return empty;
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour.opacity === 1 ? colour : over(colour, paper(element.parentElement));
  };

  if (document.scrollingElement.scrollWidth > wide)
    found.add(`the page must be scrolled sideways: ${document.scrollingElement.scrollWidth} > ${wide}`);

  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (/flex|grid/.test(style.display)) found.add(`Outlook does not know display: ${style.display}`);
    if (style.position !== "static" || style.float !== "none") found.add(`an element leaves the flow: ${said(element)}`);
    if (style.backgroundImage !== "none") found.add("a picture lies behind text");
    if (style.opacity !== "1") found.add(`text is transparent: ${said(element)}`);
    if (style.overflowX !== "visible" && element.scrollWidth > element.clientWidth)
      found.add(`text is cut off: ${said(element)}`);
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.textContent.trim()) continue;
    const element = node.parentElement, style = getComputedStyle(element);
    const range = document.createRange();
    range.selectNodeContents(node);
    const places = [...range.getClientRects()].filter((place) => place.width > 0 && place.height > 0);
    if (places.length === 0 || style.visibility !== "visible") found.add(`text is not to be seen: ${said(node)}`);
    const cell = (element.closest("td") || document.body).getBoundingClientRect();
    for (const place of places) {
      if (place.left < 0 || place.right > wide) found.add(`text leaves the screen: ${said(node)}`);
      if (place.left < cell.left - 1 || place.right > cell.right + 1) found.add(`text leaves its cell: ${said(node)}`);
    }
    const size = parseFloat(style.fontSize);
    if (size < 12) found.add(`text is tiny, ${size} px: ${said(node)}`);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const behind = paper(element);
    const ratio = contrast(over(parse(style.color), behind), behind);
    if (ratio < (large ? 3 : 4.5)) found.add(`too little contrast, ${ratio.toFixed(2)}: ${said(node)}`);
  }
  return [...found];
})()

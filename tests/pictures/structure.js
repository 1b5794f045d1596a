// What is wrong with the page however it is shown: what screen readers, and mail programs that know little, stumble over.
(() => {
  const found = new Set();
  if (!document.doctype || document.compatMode !== "CSS1Compat") found.add("it has no document type");
  if (!/^[a-z]{2,3}/.test(document.documentElement.lang)) found.add("the page does not name its language");
  if (!document.title.trim()) found.add("the page has no title");

  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) found.add(`there must be one h1: ${levels}`);
  levels.forEach((level, index) => {
    if (index ? level > levels[index - 1] + 1 : level !== 1) found.add(`the headings skip a level: ${levels}`);
  });
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6"))
    if (!heading.textContent.trim()) found.add("a heading is empty");

  for (const table of document.querySelectorAll("table"))
    if (table.getAttribute("role") !== "presentation") found.add("a table for the layout is not marked as one");
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) found.add("a picture has no alt");
  for (const element of document.querySelectorAll("script, link, iframe, object, embed, form, input, base, svg, video"))
    found.add(`mail programs remove <${element.localName}>`);
  for (const element of document.querySelectorAll("[src], [background], [srcset], [poster]"))
    found.add(`something would be fetched: ${element.outerHTML.slice(0, 80)}`);
  for (const element of document.querySelectorAll("*"))
    if (/url\(|expression\(|@import/i.test(element.getAttribute("style") || "")) found.add("a style fetches something");

  for (const link of document.querySelectorAll("a")) {
    if (!/^(https?|mailto):/.test(link.getAttribute("href") || "")) found.add(`a link leads nowhere: ${link.outerHTML}`);
    if (!link.textContent.trim()) found.add(`a link has no words: ${link.outerHTML}`);
    if (/^https?:/.test(link.href) && link.textContent !== link.getAttribute("href"))
      found.add(`a link shows another address than the one that it leads to: ${link.outerHTML.slice(0, 120)}`);
  }

  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      if (!(rule instanceof CSSMediaRule)) found.add(`a rule was not put into the elements: ${rule.cssText.slice(0, 80)}`);
  return [...found];
})()

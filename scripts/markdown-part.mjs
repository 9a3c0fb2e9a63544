/**
 * Replaces what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`, or adds it to the end of a text without
 * them; the rest stays.
 * @param {string} markdown
 * @param {string} name
 * @param {string} part - ends with a line break.
 */
export function withPart(markdown, name, part) {
  const generated = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*(<!-- ${name}:end -->)`)
  if (!generated.test(markdown))
    return `${markdown && `${markdown}\n`}<!-- ${name}:begin -->\n${part}<!-- ${name}:end -->\n`
  // A function, since a `$` in the part would mean something in a replacement string.
  return markdown.replace(generated, (_, begin, end) => `${begin}${part}${end}`)
}

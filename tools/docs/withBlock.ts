/**
 * The page with what stands between `<!-- name:begin -->` and `<!-- name:end -->` replaced. Throws
 * when the page has no such pair: a generated block must not get lost unnoticed.
 */
export function withBlock(
  page: string,
  block: { readonly name: string; readonly content: string },
): string {
  const begin = `<!-- ${block.name}:begin -->`;
  const end = `<!-- ${block.name}:end -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no block ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n${block.content.trim()}\n${page.slice(to)}`;
}

// The tables of routes and shapes in docs/spec/api.md, out of the table that also serves and checks
// them.
import type { RouteRow } from '../../packages/api/src/routes/route.ts';
import {
  type Bounds,
  type Fields,
  isBounds,
  type Shape,
} from '../../packages/api/src/routes/shape.ts';

/** A Markdown table: how to ask, what with, what comes back; by tag, in the order of the table. */
export function routesTable(rows: Readonly<Record<string, RouteRow>>): string {
  const tags = [...new Set(Object.values(rows).map((row) => row.tag))];
  const lines = tags.flatMap((tag) =>
    Object.entries(rows)
      .filter(([, row]) => row.tag === tag)
      .map(([name, row]) => rowText(name, row)),
  );
  return ['| route | ask | with | answer | |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}

function rowText(name: string, row: RouteRow): string {
  const query = row.query === undefined ? [] : [`query ${fieldsText(row.query)}`];
  const body = row.body === undefined ? [] : [`body ${shapeText(row.body)}`];
  const cells = [
    `\`${name}\``,
    `\`${row.method} ${row.path}\``,
    [...query, ...body].join('; '),
    fieldsText(row.response),
    row.doc,
  ];
  return `| ${cells.map(escaped).join(' | ')} |`;
}

/** A Markdown table of the named shapes and their fields. */
export function shapesTable(shapes: Readonly<Record<string, Shape>>): string {
  const lines = Object.entries(shapes).map(
    ([name, shape]) => `| \`${name}\` | ${escaped(shapeText(shape))} |`,
  );
  return ['| shape | fields |', '| --- | --- |', ...lines].join('\n');
}

/** A Markdown table of the kinds of events as they go over the wire: their fields and meaning. */
export function eventsTable(
  fields: Readonly<Record<string, Fields>>,
  kinds: Readonly<Record<string, { readonly doc: string }>>,
): string {
  const lines = Object.entries(fields).map(([kind, each]) => {
    const cells = [`\`${kind}\``, fieldsText(each), kinds[kind]?.doc ?? ''];
    return `| ${cells.map(escaped).join(' | ')} |`;
  });
  return ['| event | fields | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

/** `1 to 1000, else 100`; what goes as far as an exact double has no end. */
function boundsText({ min, max, absent }: Bounds): string {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `${min} to ${max}`;
  return `(${range}${absent === undefined ? '' : `, else ${absent}`})`;
}

/** A type as text: lists in brackets, fields that may be absent with a question mark. */
function shapeText(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if (Array.isArray(shape)) return `[${shapeText(shape[0] as Shape)}]`;
  if (isBounds(shape)) return boundsText(shape);
  if ('enum' in shape) return (shape.enum as readonly string[]).join(', ');
  if ('anyOf' in shape) return (shape.anyOf as readonly Shape[]).map(shapeText).join(' or ');
  return `{ ${fieldsText(shape as Readonly<Record<string, Shape>>)} }`;
}

function fieldsText(fields: Readonly<Record<string, Shape>>): string {
  return Object.entries(fields)
    .map(([name, shape]) => {
      const isChoice = typeof shape === 'object' && 'enum' in shape;
      return `${name} ${isChoice ? `(${shapeText(shape)})` : shapeText(shape)}`;
    })
    .join(', ');
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

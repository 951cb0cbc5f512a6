// The tables of kinds in docs/spec/encoding.md: every field with its offset, out of the same table
// that the encoder reads.
import type { FieldsSchema, FieldType } from '../../packages/core/src/schema/fields.ts';

interface KindRow {
  readonly id: number;
  readonly doc: string;
  readonly fields: FieldsSchema;
}

/** Bytes of a field of fixed length; texts and lists have none. */
const widths: Readonly<Record<string, number>> = {
  bool: 1,
  u8: 1,
  u32: 4,
  i32: 4,
  u53: 8,
  f64: 8,
  amount: 8,
  i64: 8,
  address: 20,
};

/** A Markdown table: id, kind, fields in order with the offset of each after the kind's byte. */
export function kindsTable(kinds: Readonly<Record<string, KindRow>>): string {
  const rows = Object.entries(kinds)
    .sort(([, a], [, b]) => a.id - b.id)
    .map(([kind, { id, doc, fields }]) => {
      const cells = [String(id), `\`${kind}\``, fieldsText(fields), doc.replaceAll('|', '\\|')];
      return `| ${cells.join(' | ')} |`;
    });
  return [
    '| id | kind | fields, each at its offset | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function fieldsText(fields: FieldsSchema): string {
  let offset: number | undefined = 0;
  const texts = Object.entries(fields).map(([name, type]) => {
    const text = `${offset ?? '…'} ${name} ${typeText(type)}`;
    const width = widthOf(type);
    offset = offset === undefined || width === undefined ? undefined : offset + width;
    return text;
  });
  return texts.length === 0 ? 'none' : texts.join('; ');
}

function widthOf(type: FieldType): number | undefined {
  if (typeof type === 'string') return widths[type];
  return 'enum' in type ? 1 : undefined;
}

function typeText(type: FieldType): string {
  if (typeof type === 'string') return type;
  if ('enum' in type) return `(${type.enum.map((value, i) => `${i} ${value}`).join(', ')})`;
  const entry = Object.entries(type.list).map(([name, scalar]) => `${name} ${scalar}`);
  return `list of at most ${type.max} [${entry.join(', ')}]`;
}

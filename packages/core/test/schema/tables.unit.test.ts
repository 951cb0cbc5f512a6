import { describe, expect, test } from 'vitest';
import {
  AGENT_SCOPES,
  commandSchema,
  eventSchema,
  type FieldsSchema,
  type FieldType,
  observationSchema,
  PARAMETERS_PER_ROW,
  parameterSchema,
  rejections,
  stateSchema,
} from '../../src/schema/index.ts';

const sets = { commands: commandSchema, events: eventSchema } as const;

function isEncodable(type: FieldType): boolean {
  if (typeof type === 'string') return true;
  if ('enum' in type) return type.enum.length > 0 && new Set(type.enum).size === type.enum.length;
  return type.max <= 255 && Object.keys(type.list).length > 0;
}

describe.each(Object.entries(sets))('the table of %s', (_, table) => {
  const rows = Object.values(table) as { id: number; doc: string; fields: FieldsSchema }[];

  test('gives every kind a byte of its own', () => {
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    for (const { id } of rows) expect(Number.isInteger(id) && id >= 1 && id <= 255).toBe(true);
  });

  test('has only fields that the bytes can hold, and a sentence per kind', () => {
    for (const { doc, fields } of rows) {
      expect(doc).toMatch(/\.$/);
      for (const [name, type] of Object.entries(fields)) {
        expect(name, 'a name the drivers use themselves').not.toBe('kind');
        expect(isEncodable(type)).toBe(true);
      }
    }
  });
});

test('no command and no observation holds a double', () => {
  for (const { fields } of [...Object.values(commandSchema), { fields: observationSchema }]) {
    expect(Object.values(fields)).not.toContain('f64');
  }
});

test('a command has a scope if and only if an agent may send it', () => {
  for (const command of Object.values(commandSchema)) {
    expect('scope' in command).toBe(command.authority === 'agent');
    if ('scope' in command) expect(AGENT_SCOPES[command.scope]).toBeGreaterThan(0);
  }
});

test('rejection codes are unique, of three digits, with a sentence and a remedy', () => {
  const rows = Object.values(rejections);
  expect(new Set(rows.map((row) => row.code)).size).toBe(rows.length);
  for (const { code, sentence, remedy } of rows) {
    expect(code >= 100 && code <= 999).toBe(true);
    expect(sentence).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
  }
});

test('parameters have cells of their own, and start inside their range', () => {
  for (const table of Object.values(parameterSchema)) {
    const rows = Object.values(table);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    for (const { id, min, max, initial } of rows) {
      expect(id >= 0 && id < PARAMETERS_PER_ROW).toBe(true);
      expect(min <= initial && initial <= max).toBe(true);
      expect([min, max, initial].every(Number.isSafeInteger)).toBe(true);
    }
  }
});

test('money columns are 64-bit integers of a table that names its asset', () => {
  for (const table of Object.values(stateSchema)) {
    for (const column of Object.values(table.columns)) {
      if (!('money' in column)) continue;
      expect(column.type).toBe('i64');
      expect('asset' in table).toBe(true);
    }
  }
});

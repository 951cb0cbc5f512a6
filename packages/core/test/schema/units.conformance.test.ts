import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  eventSchema,
  eventUnits,
  type RejectionFigures,
  rejectionFigures,
  rejections,
} from '../../src/schema/index.ts';
import { refuse, type State } from '../../src/state/index.ts';

const source = join(import.meta.dirname, '..', '..', 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith(join('schema', 'units')))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

const tables: Readonly<Record<string, RejectionFigures>> = rejectionFigures;

/** Every `refuse(state, rejections.name, { figures })` of the core that spells its figures out. */
function refusals(): { file: string; rejection: string; figures: string[] }[] {
  const call = /refuse\(\s*[\w.]+,\s*rejections\.(\w+),\s*\{([^}]*)\}/g;
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(call)].map(([, rejection = '', body = '']) => ({
      file,
      rejection,
      figures: [...body.replaceAll(/\([^)]*\)/g, '').matchAll(/(?:^|,)\s*(\w+)/g)].map(
        ([, name = '']) => name,
      ),
    })),
  );
}

test('every rejection says what its figures are in', () => {
  expect(Object.keys(rejectionFigures).sort()).toEqual(Object.keys(rejections).sort());
});

test('every figure with which the core refuses has a unit', () => {
  const found = refusals();
  expect(found.length).toBeGreaterThan(90);
  const silent = found.flatMap(({ file, rejection, figures }) =>
    figures
      .filter((figure) => tables[rejection]?.[figure] === undefined)
      .map((figure) => `${file}: ${rejection}.${figure}`),
  );
  expect(silent).toEqual([]);
});

test('no unit is declared for a figure that nothing sets', () => {
  const words = new Set(files.flatMap(({ text }) => text.match(/\w+/g) ?? []));
  const idle = Object.entries(tables).flatMap(([rejection, figures]) =>
    Object.keys(figures)
      .filter((figure) => !words.has(figure))
      .map((figure) => `${rejection}.${figure}`),
  );
  expect(idle).toEqual([]);
});

test('a figure without a unit does not compile', () => {
  const state = {} as State;
  refuse(state, rejections.orderPrice, { price: 1, tickSize: 2 });
  // @ts-expect-error: it has no unit.
  refuse(state, rejections.orderPrice, { price: 1, tick: 2 });
  // @ts-expect-error: this rejection has no figures.
  refuse(state, rejections.flagsConflict, { price: 1 });
});

test('every field of every event has a unit, and an end in its name where it needs one', () => {
  for (const [kind, { fields }] of Object.entries(eventSchema)) {
    const units: Readonly<Record<string, string>> = eventUnits[kind as keyof typeof eventUnits];
    expect([kind, ...Object.keys(units)]).toEqual([kind, ...Object.keys(fields)]);
  }
  const all = [...Object.values(tables), ...Object.values(eventUnits)].flatMap((units) =>
    Object.entries(units as RejectionFigures),
  );
  for (const [name, unit] of all) {
    const isTime = unit === 'timeMs' || unit === 'durationMs';
    expect([name, isTime]).toEqual([name, /Ms$/.test(name)]);
    expect([name, unit === 'ppm']).toEqual([name, name.includes('Ppm')]);
  }
});

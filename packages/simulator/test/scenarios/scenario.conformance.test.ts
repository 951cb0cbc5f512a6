import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FIXED_CHOICES, METRICS } from '../../src/metrics.ts';
import { parseScenario, publishedSchema } from '../../src/scenarios/index.ts';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('docs/spec/scenario.md', root), 'utf8');
const schemaFile = new URL('packages/simulator/scenario.schema.json', root);

const example = (): string => {
  const block = /```json scenario\n([\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error('docs/spec/scenario.md has no example');
  return block;
};

describe('docs/spec/scenario.md', () => {
  test('its example is a scenario that can be run', () => {
    const scenario = parseScenario(example(), 'scenario.md');
    expect(scenario.blockCount).toBe(600);
    expect(scenario.accounts[0]).toEqual({
      name: 'alice',
      owner: 'alice',
      balances: [
        { asset: 'USDC', amount: 5_000_000_000n },
        { asset: 'BTC', amount: 25_000_000n },
      ],
      positions: [{ instrument: 'BTC-PERP', lots: 4500, price: null }],
    });
    expect(scenario.instruments[0]).toMatchObject({
      settlementUnitsPerLot: 100n,
      priceUnit: '0.1',
    });
    expect(scenario.actions.map((action) => action.expectedCode)).toEqual([0, 202]);
    expect(scenario.halts).toHaveLength(1);
    expect(scenario.priceFaults).toHaveLength(2);
  });

  test('its example uses every key of a file but those about the schema, times and names', () => {
    const used = Object.keys(JSON.parse(example()));
    const known = Object.keys(publishedSchema().properties as Record<string, unknown>);
    const missing = known.filter((key) => !used.includes(key));
    expect(missing).toEqual(['$schema', 'start', 'settlement', 'parameters', 'publishers']);
  });

  test('it names every key, metric, stage and payer', () => {
    const known = Object.keys(publishedSchema().properties as Record<string, unknown>);
    const words = [
      ...known,
      ...Object.keys(METRICS),
      ...FIXED_CHOICES.stage,
      ...FIXED_CHOICES.payer,
    ];
    const missing = words.filter((word) => !page.includes(`\`${word}\``) && word !== '$schema');
    expect(missing).toEqual([]);
  });
});

test('scenario.schema.json is the schema that files are checked against', () => {
  const text = `${JSON.stringify(publishedSchema(), null, 2)}\n`;
  // After a change of schema.ts: PLIMSOLL_UPDATE=1 npx vitest run scenario.conformance
  if (process.env.PLIMSOLL_UPDATE === '1') writeFileSync(schemaFile, text);
  expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(text));
});

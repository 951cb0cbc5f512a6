// `npm run hostile`: a real node, an honest client, and everything that somebody hostile may try,
// one after the other. Prints the table of docs/reliability.md; exit code 1 if anything did not
// hold.
//   npm run hostile -- --short           a tenth of it, in a minute
//   npm run hostile -- --only prices     attacks with this in their name
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { attacks } from './attacks/index.ts';
import { markdownOf } from './report.ts';
import { runHostile } from './runHostile.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    rate: { type: 'string', default: '200' },
    out: { type: 'string' },
  },
});

const isShort = values.short;
const result = await runHostile({
  isShort,
  only: values.only,
  ratePerSecond: Number(values.rate),
  calmMs: isShort ? 300 : 2_000,
  attackMsMin: isShort ? 300 : 2_000,
  say: (line) => process.stderr.write(`${line}\n`),
});
const table = markdownOf(result, new Map(attacks.map(({ name, what }) => [name, what])));
if (values.out !== undefined) writeFileSync(values.out, table);
process.stdout.write(`${table}\n`);
for (const fault of result.faults) process.stderr.write(`FAULT ${fault}\n`);
process.exitCode = result.faults.length > 0 ? 1 : 0;

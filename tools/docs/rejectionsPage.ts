interface Refusal {
  readonly code: number;
  readonly sentence: string;
  readonly remedy: string;
}

/** The unit of each figure of each refusal. */
type Figures = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

/** Units of figures as the reader gets them. */
const written: Readonly<Record<string, string>> = {
  idOrNone: 'id',
  settlement: 'settlement amount',
  settlementDown: 'settlement amount',
  settlementUp: 'settlement amount',
  timeMs: 'time',
  durationMs: 'duration',
  parameterValue: 'in the unit of the parameter',
  marketState: 'state',
};

/** A hundred codes per area; the area is the codespace that a chain reports. */
const areas: readonly (readonly [number, string])[] = [
  [100, 'envelope and accounts'],
  [200, 'ledger'],
  [300, 'oracle'],
  [400, 'positions'],
  [500, 'risk'],
  [600, 'venue'],
  [700, 'liquidation and losses'],
  [800, 'custody'],
  [900, 'governance'],
];

/** docs/spec/rejections.md. Throws when a code is used twice or stands in no area. */
export function rejectionsPage(
  rejections: Readonly<Record<string, Refusal>>,
  figures: Figures,
): string {
  const all = Object.entries(rejections).sort(([, a], [, b]) => a.code - b.code);
  all.forEach(([name, { code }], i) => {
    const before = all[i - 1];
    if (before?.[1].code === code) throw new Error(`${before[0]} and ${name} are both ${code}`);
    if (areaOf(code) === undefined) throw new Error(`${name}: ${code} stands in no area`);
  });
  const sections = areas.flatMap(([start, area]) => {
    const rows = all.filter(([, { code }]) => areaOf(code) === start);
    if (rows.length === 0) return [];
    return [
      `## ${start / 100}xx: ${area}`,
      '',
      '| code | name | what is wrong | what to do | figures |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map(
        ([name, { code, sentence, remedy }]) =>
          `| ${code} | \`${name}\` | ${cell(sentence)} | ${cell(remedy)} | ${figuresText(figures[name])} |`,
      ),
      '',
    ];
  });
  return `${[...heading(all.length), ...sections].join('\n').trim()}\n`;
}

function heading(count: number): string[] {
  return [
    '# Rejections',
    '',
    '<!-- Generated from packages/core/src/schema/rejection.ts by `npm run docs`. -->',
    '',
    'A refused command returns one of these numbers; 0 means that it was accepted. A number is never',
    'used again for something else, and never changes. A refusal in the envelope changes nothing at',
    'all; a refusal in the body keeps only what the envelope wrote, so that the same command cannot',
    `be sent again. There are ${count}.`,
    '',
    'The figures say why: those of the list that the refusal at hand has. Amounts go out with their',
    'asset, that of the action or the settlement asset; prices and sizes as decimals of the market of',
    'the action; times and durations in milliseconds, ppm in millionths ([api](api.md) 5.4).',
    '',
  ];
}

function figuresText(units: Figures[string] = {}): string {
  return Object.entries(units)
    .map(([name, unit]) => `${name} (${written[unit] ?? unit})`)
    .join(', ');
}

function areaOf(code: number): number | undefined {
  return areas.find(([start]) => code >= start && code < start + 100)?.[0];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

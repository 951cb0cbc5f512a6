// Who may import whom: the one table. It drives the check and prints the diagram that stands in
// docs/ARCHITECTURE.md, so that the picture cannot drift from the rule.

/** Each package and the packages it may import, by their doors. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  api: ['core'],
  node: ['core', 'api'],
  simulator: ['core', 'api', 'node'],
  cli: ['core', 'api', 'node', 'simulator'],
};

export interface Layer {
  readonly name: string;
  readonly holds: string;
}

/** The folders of core, bottom first: each may import itself and those listed before it. */
export const coreLayers: readonly Layer[] = [
  { name: 'math', holds: 'divisions with named rounding, integer ↔ double crossings, exp, log' },
  { name: 'schema', holds: 'one table per command, event and row; ids, units, limits, rejections' },
  { name: 'store', holds: 'columns, slabs, hash indexes and the undo log' },
  { name: 'state', holds: 'every table, no rules' },
  { name: 'ledger', holds: 'balances, transfers, loans, fees, dust, exact splits' },
  { name: 'accounts', holds: 'owners, delegates, nonces, quota, flags' },
  { name: 'oracle', holds: 'observations, index price, status, slow price, volatility' },
  { name: 'positions', holds: 'fills, funding, realized and locked gain' },
  { name: 'pricing', holds: 'option values and surfaces' },
  { name: 'risk', holds: 'margin, health, the gate, previews, withdrawal test' },
  { name: 'venue', holds: 'order books, matching, mark price' },
  { name: 'liquidation', holds: 'queue, least close-out, limit and bankruptcy price' },
  { name: 'losses', holds: 'pools, waterfall, ADL, socialized loss' },
  { name: 'custody', holds: 'deposits, withdrawals, outflow limits' },
  { name: 'governance', holds: 'listings, parameters, breakers, access' },
  { name: 'machine', holds: 'the command table, the phases of a block, roots, snapshot' },
];

/** Folders of core in which state lives only in columns: everything above `store`. */
export const stateLayers: readonly string[] = coreLayers
  .map((layer) => layer.name)
  .slice(coreLayers.findIndex((layer) => layer.name === 'state'));

/** Packages outside the workspace that a core source may import: one pure SHA-256. */
export const coreDependencies: readonly string[] = ['@noble/hashes'];

/** The picture for docs/ARCHITECTURE.md. */
export function layerDiagram(): string {
  const packageRows = Object.entries(packages).map(
    ([name, uses]) => `| \`${name}\` | ${uses.length === 0 ? 'nothing' : uses.join(', ')} |`,
  );
  const chain = coreLayers.map((layer) => layer.name);
  const layerRows = coreLayers.map((layer) => `| \`${layer.name}\` | ${layer.holds} |`);
  return [
    '```text',
    'packages   core ← api ← node ← cli      core ← simulator → node      simulator ← cli',
    `core       ${chain.slice(0, 8).join(' ← ')}`,
    `           ← ${chain.slice(8).join(' ← ')}`,
    '```',
    '',
    'Arrows point at what is used. In core a folder imports itself and those to its left.',
    '',
    '| package | may import |',
    '| --- | --- |',
    ...packageRows,
    '',
    '| folder of core, bottom to top | holds |',
    '| --- | --- |',
    ...layerRows,
    '',
  ].join('\n');
}

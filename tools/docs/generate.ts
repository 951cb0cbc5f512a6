// `npm run docs` writes the pages that come out of code; `npm run docs -- --check` fails when one
// on disk differs. Both name the page and the command that mends it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accountRoutes } from '../../packages/api/src/routes/accountRoutes.ts';
import { chainRoutes } from '../../packages/api/src/routes/chainRoutes.ts';
import { commandRoutes } from '../../packages/api/src/routes/commandRoutes.ts';
import { eventFields } from '../../packages/api/src/routes/eventFields.ts';
import { marketRoutes } from '../../packages/api/src/routes/marketRoutes.ts';
import { shapes } from '../../packages/api/src/routes/shapes.ts';
import { commandSchema } from '../../packages/core/src/schema/command.ts';
import { eventSchema } from '../../packages/core/src/schema/event.ts';
import { rejections } from '../../packages/core/src/schema/rejection.ts';
import { rejectionFigures } from '../../packages/core/src/schema/units/index.ts';
import { configSettings } from '../../packages/node/src/readConfig.ts';
import { layerDiagram } from '../tidy/layers.ts';
import { kindsTable } from './kindsTable.ts';
import { rejectionsPage } from './rejectionsPage.ts';
import { eventsTable, routesTable, shapesTable } from './routesTable.ts';
import { settingsTable } from './settingsTable.ts';
import { withBlock } from './withBlock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Page {
  readonly path: string;
  /** The whole page as it should be, given what is there. */
  readonly write: (present: string) => string;
}

const allRoutes = { ...marketRoutes, ...accountRoutes, ...chainRoutes, ...commandRoutes };

const pages: readonly Page[] = [
  {
    path: 'docs/ARCHITECTURE.md',
    write: (present) => withBlock(present, { name: 'layers', content: layerDiagram() }),
  },
  {
    path: 'docs/spec/encoding.md',
    write: (present) =>
      withBlock(withBlock(present, { name: 'commands', content: kindsTable(commandSchema) }), {
        name: 'events',
        content: kindsTable(eventSchema),
      }),
  },
  {
    path: 'docs/spec/api.md',
    write: (present) =>
      [
        { name: 'routes', content: routesTable(allRoutes) },
        { name: 'shapes', content: shapesTable(shapes) },
        { name: 'events', content: eventsTable(eventFields, eventSchema) },
      ].reduce(withBlock, present),
  },
  {
    path: 'docs/operating.md',
    write: (present) =>
      withBlock(present, { name: 'settings', content: settingsTable(configSettings) }),
  },
  { path: 'docs/spec/rejections.md', write: () => rejectionsPage(rejections, rejectionFigures) },
];

const isCheck = process.argv.includes('--check');
let staleCount = 0;
for (const { path, write } of pages) {
  const file = join(root, path);
  const present = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const wanted = write(present);
  if (wanted === present) continue;
  staleCount++;
  if (!isCheck) writeFileSync(file, wanted);
  process.stdout.write(isCheck ? `${path} is stale: run npm run docs\n` : `wrote ${path}\n`);
}
process.stdout.write(`docs: ${pages.length} generated pages, ${staleCount} stale\n`);
process.exitCode = isCheck && staleCount > 0 ? 1 : 0;

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from '@plimsoll/api';
import { addressOf } from '@plimsoll/api/signing';
import type { NetworkFile } from '@plimsoll/node';
import { makeFolder } from '@plimsoll/node/files';
import {
  DEV_KEY_WARNING,
  type KeyPair,
  newKey,
  readKeyFile,
  writeKeyFile,
} from '@plimsoll/node/publish';
import type { Scenario } from '@plimsoll/simulator';
import { UsageError } from '../failures.ts';
import type { DemoScenario } from './demoScenario.ts';

/** What a folder of the demo says of itself. */
interface DemoFile {
  readonly kind: 'plimsoll-demo';
  readonly scenario: string;
}

/** Everybody's keys: worthless, in the open, made on the first start. */
export interface DemoKeys {
  readonly admin: KeyPair;
  readonly custodian: KeyPair;
  /** In the order of the scenario's publishers. */
  readonly publishers: readonly KeyPair[];
  /** One key for each member of the crowd, by its name, from one secret. */
  member(name: string): KeyPair;
}

/** The folder of a demo, ready for a node. */
export interface DemoStore {
  readonly directory: string;
  readonly network: NetworkFile;
  readonly keys: DemoKeys;
  readonly isNew: boolean;
}

const DEMO_FILE = 'demo.json';
const NETWORK_FILE = 'network.json';
const FIRST_FILES: readonly string[] = ['keys', NETWORK_FILE, 'node.log'];

/** The name of the scenario that a folder plays; undefined when there is no demo in it yet. */
export function storedScenario(directory: string): string | undefined {
  const path = join(directory, DEMO_FILE);
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as DemoFile).scenario;
  // A first start that was ended before its last step may have left these.
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const other = names.find((name) => !FIRST_FILES.includes(name));
  if (other === undefined) return undefined;
  throw new UsageError(
    `${directory} is not a demo's: ${other} is in it. Name a folder that is empty or new`,
  );
}

/** Makes the folder on the first start, and reads it on every later one. */
export function openDemoStore(directory: string, demo: DemoScenario): DemoStore {
  const stored = storedScenario(directory);
  if (stored !== undefined && stored !== demo.name) {
    throw new UsageError(
      `the market in ${directory} is that of ${stored}; say --fresh to begin one of ${demo.name}`,
    );
  }
  const folder = join(directory, 'keys');
  makeFolder(folder);
  const readme = join(folder, 'README.txt');
  if (!existsSync(readme)) writeFileSync(readme, `${DEV_KEY_WARNING}.\n`);
  const keys = demoKeys(folder, demo);
  const networkPath = join(directory, NETWORK_FILE);
  if (!existsSync(networkPath)) {
    const guardian = keyIn(folder, 'guardian');
    const network = demoNetwork(demo.scenario, { ...keys, guardian });
    writeFileSync(networkPath, `${JSON.stringify(network, null, 2)}\n`);
  }
  // Written last: a folder without it is one in which nothing has begun.
  if (stored === undefined) {
    const file: DemoFile = { kind: 'plimsoll-demo', scenario: demo.name };
    writeFileSync(join(directory, DEMO_FILE), `${JSON.stringify(file, null, 2)}\n`);
  }
  const network = JSON.parse(readFileSync(networkPath, 'utf8')) as NetworkFile;
  return { directory, network, keys, isNew: stored === undefined };
}

/**
 * Sets a demo's folder aside as `<directory>.before`, in place of what was set aside before.
 * Touches nothing that a demo did not make. The caller has made sure that no node runs there.
 *
 * @returns where it is now; undefined when there was none.
 */
export function setAside(directory: string): string | undefined {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return undefined;
  if (!existsSync(join(directory, DEMO_FILE))) {
    throw new UsageError(`${directory} was not made by the demo: --fresh leaves it alone`);
  }
  const aside = `${directory.replace(/\/+$/, '')}.before`;
  if (existsSync(aside)) {
    if (!existsSync(join(aside, DEMO_FILE))) {
      throw new UsageError(`${aside} was not made by the demo: move it away first`);
    }
    rmSync(aside, { recursive: true });
  }
  renameSync(directory, aside);
  return aside;
}

function demoKeys(folder: string, demo: DemoScenario): DemoKeys {
  const crowd = keyIn(folder, 'crowd');
  return {
    admin: keyIn(folder, 'admin'),
    custodian: keyIn(folder, 'custodian'),
    publishers: demo.scenario.publishers.map(({ name }) => keyIn(folder, `publisher-${name}`)),
    member: (name) => {
      const hash = createHash('sha256').update(`${crowd.privateKey} ${name}`).digest('hex');
      const privateKey: Hex = `0x${hash}`;
      return { privateKey, address: addressOf(privateKey) };
    },
  };
}

function keyIn(folder: string, name: string): KeyPair {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) writeKeyFile(path, newKey());
  return readKeyFile(path, () => undefined);
}

/** What the demo's network begins with: the scenario's settlement asset and its own authorities. */
function demoNetwork(
  scenario: Scenario,
  keys: { readonly admin: KeyPair; readonly guardian: KeyPair; readonly custodian: KeyPair },
): NetworkFile {
  const { name, decimals } = scenario.settlement;
  const globals = Object.entries(scenario.parameters).map(([key, value]) => [key, Number(value)]);
  return {
    network: 'demo',
    chainId: 31_337,
    genesis: {
      timeMs: Date.now(),
      authorities: {
        admin: keys.admin.address,
        guardian: keys.guardian.address,
        custodian: keys.custodian.address,
      },
      settlement: { name, decimals },
      // Markets open as they are listed; when all stand there is notice again (listMarkets.ts).
      parameters: { ...Object.fromEntries(globals), noticeMs: 0, listingNoticeMs: 0 },
    },
    capacity: { accounts: 10_000, orders: 50_000, instruments: 32 },
  };
}

import type { Hex, UnsignedCommand } from '@plimsoll/api';
import { addressOf, bytesOfHex, signCommand, signPrices } from '@plimsoll/api/signing';
import { ProblemError, type Receipt } from '@plimsoll/api/wire';
import { createMachine } from '@plimsoll/core/machine';
import {
  type Action,
  AGENT_SCOPES,
  encodeCommandBody,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import { afterEach, expect, test } from 'vitest';
import { BlockClock } from '../src/blockClock.ts';
import { BlockMaker } from '../src/blockMaker.ts';
import { createIngress } from '../src/ingress.ts';
import { type NetworkFile, networkOf } from '../src/network.ts';
import { createInProcessOpener } from '../src/opening/index.ts';

const key = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [ADMIN, GUARDIAN, CUSTODIAN, OWNER, STRANGER] = ['1', '2', '3', '4', '5'].map(key) as [
  Hex,
  Hex,
  Hex,
  Hex,
  Hex,
];
const START_MS = 1_700_000_000_000;
const file: NetworkFile = {
  network: 'testnet',
  chainId: 31_337,
  genesis: {
    timeMs: START_MS,
    authorities: {
      admin: addressOf(ADMIN),
      guardian: addressOf(GUARDIAN),
      custodian: addressOf(CUSTODIAN),
    },
    settlement: { name: 'USDC', decimals: 6 },
  },
  capacity: { accounts: 100 },
};
const network = networkOf(file);

let makers: BlockMaker[] = [];
afterEach(async () => {
  for (const maker of makers) await maker.stop();
  makers = [];
});

interface DoorOptions {
  readonly queueMax?: number;
  readonly wallMs?: number;
  readonly recentMax?: number;
  /** Resolves when a block is on disk. */
  readonly flushed?: Promise<void>;
}

async function door(options: DoorOptions = {}) {
  const machine = createMachine(file.genesis);
  const source = { wallMs: () => options.wallMs ?? START_MS, steadyMs: () => 0 };
  const clock = new BlockClock(START_MS, source);
  const heights: number[] = [];
  const maker = new BlockMaker({
    machine,
    clock,
    store: { append: () => options.flushed ?? Promise.resolve() },
    config: { closeAfterMs: 20, intervalMs: 0, commandsMax: 100 },
    onStored: (height) => heights.push(height),
  });
  makers.push(maker);
  const old = new Map<string, Receipt>();
  const opener = await createInProcessOpener({ network });
  const restart = () =>
    createIngress({
      network,
      machine,
      maker,
      clock,
      opener,
      queueMax: options.queueMax ?? 100,
      lookUp: async (digest) => old.get(digest),
      recentMax: options.recentMax ?? 100,
    });
  return { ingress: restart(), restart, machine, heights, old, opener };
}

let nonce = START_MS;
function unsigned(actions: readonly Action[], account = 0): UnsignedCommand {
  nonce++;
  return { account, nonce, expiresMs: START_MS + 60_000, actions };
}

function arrived(command: UnsignedCommand, privateKey: Hex, on = network) {
  const { signature } = signCommand(command, on, privateKey);
  const bytes = bytesOfHex(signature);
  return { body: encodeCommandBody(command), signature: bytes, withEvents: false };
}

const deposit = (sequence: number): Action => ({
  kind: 'deposit',
  chain: 0,
  sequence,
  owner: addressOf(OWNER),
  account: 0,
  asset: 1,
  amount: 100_000_000n,
});

async function problemOf(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

test('a signed command is opened, admitted, put into a block and answered', async () => {
  const { ingress } = await door();
  const receipt = await ingress.submit(arrived(unsigned([deposit(1)]), CUSTODIAN));
  expect(receipt).toMatchObject({ height: 1, isAccepted: true, signer: addressOf(CUSTODIAN) });
});

test('a command that is sent again gets the answer it got', async () => {
  const { ingress, heights } = await door();
  const sent = arrived(unsigned([deposit(1)]), CUSTODIAN);
  const [first, twin] = await Promise.all([ingress.submit(sent), ingress.submit(sent)]);
  const later = await ingress.submit(sent);
  expect(twin).toEqual(first);
  expect(later).toEqual(first);
  expect(heights).toEqual([1]);
});

test('a command that waits for its block is known, however many came after it', async () => {
  let onDisk: () => void = () => {};
  const flushed = new Promise<void>((resolve) => {
    onDisk = resolve;
  });
  const { ingress, heights, machine, opener } = await door({ recentMax: 2, flushed });
  const sent = Array.from({ length: 5 }, (_, i) => arrived(unsigned([deposit(i + 1)]), CUSTODIAN));
  const first = sent.map((each) => ingress.submit(each));
  await expect.poll(() => machine.state.machine.height.get(0)).toBe(1);
  const again = sent.map((each) => ingress.submit(each));
  // What is opened is opened in its order: these have all been looked at.
  const { body, signature } = arrived(unsigned([deposit(9)]), CUSTODIAN);
  await opener.openCommand(body, signature);
  await new Promise((resolve) => setImmediate(resolve));
  onDisk();
  expect(await Promise.all(again)).toEqual(await Promise.all(first));
  expect(heights).toHaveLength(1);
});

test('a receipt is not given for the same words under another signature', async () => {
  const { ingress, restart, old } = await door();
  await ingress.submit(arrived(unsigned([deposit(1)]), CUSTODIAN));
  const agent: Action = {
    kind: 'approveAgent',
    agent: addressOf(STRANGER),
    scopes: AGENT_SCOPES.cancel,
    expiresMs: START_MS + 3_600_000,
  };
  await ingress.submit(arrived(unsigned([agent], 1), OWNER));
  const command = unsigned([{ kind: 'cancelAll', instrument: 0 }], 1);
  const first = await ingress.submit(arrived(command, OWNER));
  const twin = await problemOf(ingress.submit(arrived(command, STRANGER)));
  expect(twin).toMatchObject({ name: 'nonceUsed', figures: { high: command.nonce } });
  old.set(first.digest, first);
  expect(await restart().submit(arrived(command, OWNER))).toEqual(first);
  const nobody = arrived(command, GUARDIAN);
  expect((await problemOf(ingress.submit(nobody))).name).toBe('signerUnauthorized');
  expect((await problemOf(restart().submit(nobody))).name).toBe('signerUnauthorized');
});

test('a command of long ago is answered from the history, not executed again', async () => {
  const { ingress, restart, old, heights } = await door();
  const sent = arrived(unsigned([deposit(1)]), CUSTODIAN);
  const first = await ingress.submit(sent);
  const withoutMemory = restart();
  expect((await problemOf(withoutMemory.submit(sent))).name).toBe('nonceUsed');
  old.set(first.digest, first);
  expect(await withoutMemory.submit(sent)).toEqual(first);
  expect(heights).toEqual([1]);
});

test('a command that was executed is not called expired when it is sent again too late', async () => {
  const time = { wallMs: START_MS };
  const { ingress, restart, old } = await door(time);
  const sent = arrived({ ...unsigned([deposit(1)]), expiresMs: START_MS + 10_000 }, CUSTODIAN);
  const first = await ingress.submit(sent);
  time.wallMs += 20_000;
  const withoutMemory = restart();
  expect((await problemOf(withoutMemory.submit(sent))).name).toBe('commandExpired');
  old.set(first.digest, first);
  expect(await withoutMemory.submit(sent)).toEqual(first);
});

test('who signed, who should have, and over what: a stranger is told all three', async () => {
  const { ingress, heights } = await door();
  await ingress.submit(arrived(unsigned([deposit(1)]), CUSTODIAN));
  const problem = await problemOf(
    ingress.submit(arrived(unsigned([{ kind: 'cancelAll', instrument: 0 }], 1), STRANGER)),
  );
  expect(problem).toMatchObject({
    code: 102,
    status: 422,
    figures: {
      recovered: addressOf(STRANGER),
      expected: addressOf(OWNER),
      domain: 'Plimsoll testnet, version 1',
      chainId: 31_337,
      salt: network.genesisHash,
    },
  });
  expect(heights).toEqual([1]);
});

test('a signature for another network opens to a stranger and is refused', async () => {
  const { ingress } = await door();
  const others = [
    { ...network, chainId: 1 },
    { ...network, name: 'mainnet' },
    { ...network, genesisHash: `0x${'00'.repeat(32)}` as Hex },
  ];
  for (const other of others) {
    const sent = arrived(unsigned([deposit(1)]), CUSTODIAN, other);
    const problem = await problemOf(ingress.submit(sent));
    expect(problem.code).toBe(102);
    expect(problem.figures?.recovered).not.toBe(addressOf(CUSTODIAN));
  }
});

test('a body that is not in the canonical form is refused with the place', async () => {
  const { ingress } = await door();
  const { body, signature } = arrived(unsigned([deposit(1)]), CUSTODIAN);
  const problem = await problemOf(
    ingress.submit({ body: body.subarray(0, 20), signature, withEvents: false }),
  );
  expect(problem.name).toBe('malformed');
  expect(problem.figures?.offset).toBeTypeOf('number');
});

test('a full queue refuses with 503 before anything is opened', async () => {
  const { ingress } = await door({ queueMax: 0 });
  const problem = await problemOf(ingress.submit(arrived(unsigned([deposit(1)]), CUSTODIAN)));
  expect(problem).toMatchObject({ name: 'overloaded', status: 503, isRetryable: true });
});

test('an idle network takes what is fresh', async () => {
  const dayLater = START_MS + 2 * 86_400_000;
  const { ingress } = await door({ wallMs: dayLater });
  const command = { ...unsigned([deposit(1)]), nonce: dayLater, expiresMs: dayLater + 30_000 };
  const receipt = await ingress.submit(arrived(command, CUSTODIAN));
  expect(receipt).toMatchObject({ height: 2, timeMs: dayLater, isAccepted: true });
});

test('prices of a key that publishes nothing are refused at the door', async () => {
  const { ingress, heights } = await door();
  const prices: UnsignedObservation[] = [
    { underlying: 1, source: 0, price: 100n, confidence: 1n, timeMs: START_MS },
  ];
  const { signature } = signPrices(prices, network, STRANGER);
  const problem = await problemOf(ingress.publish(prices, bytesOfHex(signature)));
  expect(problem).toMatchObject({ code: 300, figures: { publisher: addressOf(STRANGER) } });
  expect(heights).toEqual([]);
});

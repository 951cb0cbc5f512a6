import { ProblemError, type Receipt } from '@plimsoll/api/wire';
import { createMachine, type Machine } from '@plimsoll/core/machine';
import type { Address, OpenedCommand } from '@plimsoll/core/schema';
import { afterEach, expect, test } from 'vitest';
import { BlockClock } from '../src/blockClock.ts';
import { BlockMaker, type BlockMakerOptions, type BlockReport } from '../src/blockMaker.ts';
import { decodeRecord } from '../src/store/record.ts';

const custodian: Address = `0x${'c3'.repeat(20)}`;
const owner: Address = `0x${'0a'.repeat(20)}`;
let sequence = 0;
const START_MS = 1_700_000_000_000;

let maker: BlockMaker | undefined;
afterEach(async () => {
  await maker?.stop();
});

/** A disk that is done when the test says so. */
function slowStore() {
  const records: Uint8Array[] = [];
  const flushes: { readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  return {
    records,
    flushes,
    append: (_: number, record: Uint8Array) =>
      new Promise<void>((done, fail) => {
        records.push(record);
        flushes.push({ done, fail });
      }),
  };
}

function make(store: BlockMakerOptions['store'], options: Partial<BlockMakerOptions> = {}) {
  sequence = 0;
  const machine: Machine = createMachine({
    timeMs: START_MS,
    authorities: { admin: `0x${'ad'.repeat(20)}`, guardian: `0x${'9a'.repeat(20)}`, custodian },
    settlement: { name: 'USDC', decimals: 6 },
  });
  const clock = new BlockClock(START_MS, { wallMs: () => START_MS + 5, steadyMs: () => 0 });
  const config = { closeAfterMs: 20, intervalMs: 0, commandsMax: 3 };
  const made = new BlockMaker({
    machine,
    store,
    clock,
    config,
    onStored: () => {},
    ...options,
  });
  maker = made;
  return { machine, maker: made };
}

function deposit(signer: Address = custodian) {
  sequence++;
  const command: OpenedCommand = {
    signer,
    account: 0,
    nonce: sequence,
    expiresMs: START_MS + 60_000,
    actions: [
      { kind: 'deposit', chain: 0, sequence, owner, account: 0, asset: 1, amount: 100_000_000n },
    ],
  };
  const digest = new Uint8Array(32).fill(sequence);
  return { command, signature: new Uint8Array(65), digest, withEvents: true };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Resolves when so many blocks are on their way to disk. */
const written = (store: ReturnType<typeof slowStore>, count: number) =>
  expect.poll(() => store.records.length, { interval: 1 }).toBe(count);

test('a receipt is given when its block is on disk, and not before', async () => {
  const store = slowStore();
  const { maker } = make(store);
  let receipt: Receipt | undefined;
  const answered = maker.submit(deposit()).then((given) => {
    receipt = given;
  });
  await written(store, 1);
  await turn();
  expect(receipt).toBeUndefined();
  store.flushes[0]?.done();
  await answered;
  expect(receipt).toMatchObject({ height: 1, index: 0, isAccepted: true, actions: [null] });
  expect(receipt?.events).toContainEqual({ kind: 'accountOpened', account: 1, owner });
});

test('while a block is on its way to disk, the next one gathers', async () => {
  const store = slowStore();
  const { maker } = make(store, {
    config: { closeAfterMs: 600_000, intervalMs: 0, commandsMax: 100 },
  });
  const first = maker.submit(deposit());
  await written(store, 1);
  const later = [maker.submit(deposit()), maker.submit(deposit())];
  await turn();
  expect(store.records).toHaveLength(1);
  store.flushes[0]?.done();
  await first;
  await written(store, 2);
  store.flushes[1]?.done();
  const receipts = await Promise.all(later);
  expect(receipts.map(({ height, index }) => [height, index])).toEqual([
    [2, 0],
    [2, 1],
  ]);
});

test('a slow disk holds a command back for closeAfterMs and no longer', async () => {
  const store = slowStore();
  const { maker } = make(store, { config: { closeAfterMs: 10, intervalMs: 0, commandsMax: 100 } });
  const first = maker.submit(deposit());
  await written(store, 1);
  const second = maker.submit(deposit());
  await written(store, 2);
  store.flushes[1]?.done();
  store.flushes[0]?.done();
  const receipts = await Promise.all([first, second]);
  expect(receipts.map(({ height }) => height)).toEqual([1, 2]);
});

test('the first block goes at once, and what follows it within intervalMs goes together', async () => {
  const store = slowStore();
  const { maker } = make(store, {
    config: { closeAfterMs: 600_000, intervalMs: 300_000, commandsMax: 100 },
  });
  const first = maker.submit(deposit());
  await written(store, 1);
  store.flushes[0]?.done();
  await first;
  const later = [maker.submit(deposit())];
  await turn();
  later.push(maker.submit(deposit()));
  await turn();
  expect(store.records).toHaveLength(1);
  // Nobody waits for the interval when the node stops.
  const stopping = maker.stop();
  await written(store, 2);
  store.flushes[1]?.done();
  await stopping;
  const receipts = await Promise.all(later);
  expect(receipts.map(({ height, index }) => [height, index])).toEqual([
    [2, 0],
    [2, 1],
  ]);
});

test('after intervalMs the next block closes, and a later command begins a new one', async () => {
  const store = slowStore();
  const { maker } = make(store, {
    config: { closeAfterMs: 600_000, intervalMs: 15, commandsMax: 100 },
  });
  for (const height of [1, 2, 3]) {
    const answered = maker.submit(deposit());
    await written(store, height);
    store.flushes[height - 1]?.done();
    expect((await answered).height).toBe(height);
  }
});

test('answers come in order of height, whatever order the disk answers in', async () => {
  const store = slowStore();
  const stored: number[] = [];
  const { maker } = make(store, {
    config: { closeAfterMs: 5, intervalMs: 0, commandsMax: 100 },
    onStored: (height) => stored.push(height),
  });
  const first = maker.submit(deposit());
  await written(store, 1);
  const second = maker.submit(deposit());
  await written(store, 2);
  store.flushes[1]?.done();
  await turn();
  expect(stored).toEqual([]);
  store.flushes[0]?.done();
  await Promise.all([first, second]);
  expect(stored).toEqual([1, 2]);
});

test('a block takes no more than commandsMax, and the rest goes into the next', async () => {
  const reports: BlockReport[] = [];
  const { maker } = make(
    { append: async () => {} },
    { onReport: (report) => reports.push(report) },
  );
  await Promise.all(Array.from({ length: 8 }, () => maker.submit(deposit())));
  expect(reports.map(({ commands }) => commands)).toEqual([3, 3, 2]);
});

test('what the machine refuses has its number, its figures and its place', async () => {
  const store = { append: async () => {} };
  const { maker } = make(store);
  const again = deposit();
  await maker.submit(again);
  const refused = await maker.submit(again);
  expect(refused).toMatchObject({ isAccepted: false, actions: [], refusal: { code: 105 } });
  expect(refused.refusal?.remedy).not.toBe('');
});

test('the stored record holds what came in, its signatures and what came of it', async () => {
  const store = slowStore();
  const { maker } = make(store);
  const sent = deposit();
  const answered = maker.submit(sent);
  await written(store, 1);
  store.flushes[0]?.done();
  await answered;
  const record = decodeRecord(store.records[0] as Uint8Array);
  expect(record.block.commands).toEqual([sent.command]);
  expect([...record.digests]).toEqual([...sent.digest]);
  expect(record.results).toEqual([{ code: 0, actions: [0] }]);
  expect(record.root).toHaveLength(32);
});

test('when the disk fails, nobody is told that anything is stored, and the maker says why', async () => {
  const store = slowStore();
  const { maker } = make(store);
  const answered = maker.submit(deposit()).catch((error: unknown) => error);
  await written(store, 1);
  store.flushes[0]?.fail(new Error('no space left on device'));
  expect((await maker.failed).message).toBe('no space left on device');
  const error = (await answered) as ProblemError;
  expect(error).toBeInstanceOf(ProblemError);
  expect(error.problem.name).toBe('unsettled');
  await expect(maker.submit(deposit())).rejects.toThrow('stopping');
});

test('what fails after a block is on disk stops the maker too, and leaves nobody waiting', async () => {
  const gone = new Error('the replica is gone');
  const onStored = (): void => {
    throw gone;
  };
  const { maker } = make({ append: async () => {} }, { onStored });
  const error = (await maker.submit(deposit()).catch((thrown) => thrown)) as ProblemError;
  expect(error.problem.name).toBe('unsettled');
  expect(await maker.failed).toBe(gone);
});

test('stopping stores what waits and refuses what comes later', async () => {
  const store = slowStore();
  const { maker } = make(store);
  const answered = maker.submit(deposit());
  const stopped = maker.stop();
  await written(store, 1);
  for (const { done } of store.flushes) done();
  await stopped;
  expect((await answered).isAccepted).toBe(true);
  await expect(maker.submit(deposit())).rejects.toThrow('stopping');
});

test('an old block time is brought near to the clock by an empty block', async () => {
  const store = slowStore();
  const { maker, machine } = make(store, {
    clock: new BlockClock(START_MS, { wallMs: () => START_MS + 3_600_000, steadyMs: () => 0 }),
  });
  maker.freshen(1_000);
  maker.freshen(1_000);
  expect(machine.state.machine.timeMs.get(0)).toBe(START_MS + 3_600_000);
  expect(store.records).toHaveLength(1);
  store.flushes[0]?.done();
});

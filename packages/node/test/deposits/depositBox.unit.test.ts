import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import type { ArrivedCommand, Ingress } from '../../src/parts.ts';
import { order } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { type Client, connect } from '../ws/client.ts';
import { commandJson, openRig, PRICE, type Rig } from '../ws/rig.ts';

const cancelAll = { kind: 'cancelAll', instrument: 1 } as const;

async function deposit(
  client: Client,
  command: ReturnType<Rig['sign']>,
  id = 1,
): Promise<'done' | string> {
  const answers = () => client.messages.filter((each) => 'id' in each && each.id === id);
  const before = answers().length;
  client.send({ op: 'cancelOnDisconnect', id, command: commandJson(command) });
  await client.until(() => answers().length > before);
  const answer = answers().at(-1);
  return answer?.type === 'problem' ? answer.problem.name : 'done';
}

function openOrders(rig: Rig, account: number): number {
  const { text } = rig.core.snapshotOf('account', String(account));
  return (JSON.parse(text) as { orders: unknown[] }).orders.length;
}

async function eventually(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { interval: 5 }).toBe(true);
}

/** A door that is shut while `isBusy`. */
function busyDoor() {
  const door = { isBusy: false, tries: 0 };
  const ingress = (real: Ingress): Ingress => ({
    ...real,
    submit: async (command: ArrivedCommand) => {
      door.tries += 1;
      if (door.isBusy) throw new ProblemError(nodeProblem('overloaded', 'busy'));
      return real.submit(command);
    },
  });
  return { door, ingress };
}

test('a deposit that was acknowledged is submitted by the process after a crash', async () => {
  const directory = temporaryDirectory();
  const journal = join(directory, 'deposits.journal');
  const rig = await openRig({ directory });
  await rig.send(1, [order('buy', 3, PRICE - 100)]);
  await rig.send(2, [order('buy', 3, PRICE - 100)]);
  const client = await connect(rig.url);
  expect(await deposit(client, rig.sign(1, [cancelAll]))).toBe('done');
  // What lies on the disk at this moment is what a killed process leaves.
  const left = readFileSync(journal);
  client.send({ op: 'cancelOnDisconnect', id: 2, command: null });
  await client.until((each) => each.type === 'done' && each.id === 2);
  await rig.close();
  writeFileSync(journal, left);

  const next = await openRig({ directory });
  expect(openOrders(next, 1)).toBe(0);
  expect(openOrders(next, 2)).toBe(1);
  const { height } = next.core;
  await next.close();
  // It was executed: left over once more, it does nothing and leaves no trace.
  writeFileSync(journal, left);
  const last = await openRig({ directory });
  expect(last.core.height).toBe(height + 1);
  await last.close();
  expect((await openRig({ directory })).core.height).toBe(height + 2);
});

test('a withdrawn deposit is gone from the disk when that is acknowledged', async () => {
  const directory = temporaryDirectory();
  const rig = await openRig({ directory });
  await rig.send(1, [order('buy', 3, PRICE - 100)]);
  const client = await connect(rig.url);
  await deposit(client, rig.sign(1, [cancelAll]));
  client.send({ op: 'cancelOnDisconnect', id: 2, command: null });
  await client.until((each) => each.type === 'done' && each.id === 2);
  const left = readFileSync(join(directory, 'deposits.journal'));
  await rig.close();
  writeFileSync(join(directory, 'deposits.journal'), left);
  expect(openOrders(await openRig({ directory }), 1)).toBe(1);
});

test('a cancel that meets a busy node is tried again until it is taken', async () => {
  const { door, ingress } = busyDoor();
  const rig = await openRig({ ingress });
  await rig.send(1, [order('buy', 3, PRICE - 100)]);
  const client = await connect(rig.url);
  await deposit(client, rig.sign(1, [cancelAll]));
  door.isBusy = true;
  client.socket.terminate();
  await eventually(() => door.tries > 3);
  expect(openOrders(rig, 1)).toBe(1);
  door.isBusy = false;
  await eventually(() => openOrders(rig, 1) === 0);
});

test('a node that stops does not wait for a busy door: the cancel is for the next start', async () => {
  const directory = temporaryDirectory();
  const { door, ingress } = busyDoor();
  const rig = await openRig({ directory, ingress });
  await rig.send(1, [order('buy', 3, PRICE - 100)]);
  await deposit(await connect(rig.url), rig.sign(1, [cancelAll]));
  door.isBusy = true;
  await rig.close();
  const next = await openRig({ directory });
  expect(openOrders(next, 1)).toBe(0);
});

test('a damaged journal keeps nobody from starting', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'deposits.journal'), 'no journal at all');
  const rig = await openRig({ directory });
  const client = await connect(rig.url);
  expect(await deposit(client, rig.sign(1, [cancelAll]))).toBe('done');
});

test('a cancel that could not be executed is refused when it is deposited', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const used = rig.sign(1, [cancelAll]);
  await rig.send(1, [order('buy', 3, PRICE - 100)]);
  const { nonce } = rig.sign(1, []);
  for (let i = 0; i < 65; i++) await rig.send(1, [cancelAll]);
  expect(await deposit(client, used, 1)).toBe('nonceUsed');
  const { nonce: ahead } = used;
  expect(ahead).toBeLessThan(nonce);
  const expired = rig.sign(1, [cancelAll], { expiresMs: 1 });
  expect(await deposit(client, expired, 2)).toBe('commandExpired');
  // Signed by trader 1 for the account of another.
  const foreign = rig.sign(1, [cancelAll], { account: 2 });
  expect(await deposit(client, foreign, 3)).toBe('signerUnauthorized');
  const long = rig.sign(
    1,
    Array.from({ length: 32 }, (_, i) => ({ kind: 'cancelOrder', order: i + 1, clientId: 0 })),
  );
  expect(await deposit(client, long, 4)).toBe('done');
});

test('an account has so many deposits on all connections and no more', async () => {
  const rig = await openRig();
  const clients = await Promise.all(Array.from({ length: 65 }, () => connect(rig.url)));
  const answers = await Promise.all(
    clients.map((client) => deposit(client, rig.sign(1, [cancelAll]))),
  );
  expect(answers.filter((each) => each === 'done')).toHaveLength(64);
  expect(answers.filter((each) => each === 'tooManyRequests')).toHaveLength(1);
  clients.at(answers.indexOf('done'))?.socket.terminate();
  const late = await connect(rig.url);
  await expect.poll(() => deposit(late, rig.sign(1, [cancelAll]))).toBe('done');
});

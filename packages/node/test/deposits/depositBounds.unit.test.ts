import { join } from 'node:path';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { encodeCommandBody } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { DepositBox, openDepositJournal } from '../../src/deposits/index.ts';
import { createLogger } from '../../src/logger.ts';
import type { ArrivedCommand } from '../../src/parts.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const OF_ACCOUNT_MAX = 64;
const signer = `0x${'0a'.repeat(20)}` as const;
let nonce = 0;

function cancel(): ArrivedCommand {
  nonce += 1;
  const actions = [{ kind: 'cancelAll', instrument: 0 }] as const;
  const body = encodeCommandBody({ account: 1, nonce, expiresMs: 1, actions });
  return { body: Uint8Array.from(body), signature: new Uint8Array(65), withEvents: false };
}

/** A box behind a door; a cancel that finds it shut is tried again. */
function box(isShut: (command: ArrivedCommand) => boolean = () => true) {
  const path = join(temporaryDirectory(), 'deposits.journal');
  const { journal } = openDepositJournal({ path, pauseMs: 0 });
  const door = { met: new Set<ArrivedCommand>() };
  const made = new DepositBox({
    journal,
    ingress: {
      submit: async (command) => {
        door.met.add(command);
        if (isShut(command)) throw new ProblemError(nodeProblem('overloaded', 'busy'));
        throw new ProblemError(nodeProblem('malformed', 'answered'));
      },
    },
    opener: { openCommand: async () => ({ signer, digest: new Uint8Array(32) }) },
    judge: () => undefined,
    logger: createLogger({ level: 'silent' }),
  });
  return { box: made, door };
}

test('cancels that have no answer yet count for their account, so that it cannot pile them up', async () => {
  const { box: deposits } = box();
  const ends: Promise<void>[] = [];
  for (let i = 0; i < OF_ACCOUNT_MAX; i++) {
    const connection = deposits.connection('a');
    await connection.put(cancel());
    ends.push(connection.end());
  }
  const next = deposits.connection('a');
  await expect(next.put(cancel())).rejects.toMatchObject({ problem: { name: 'tooManyRequests' } });
  await deposits.close();
  await Promise.all(ends);
  expect(deposits.count).toBe(OF_ACCOUNT_MAX);
});

test('a connection that ends while it replaces its deposit counts once', async () => {
  const { box: deposits } = box();
  const held = Array.from({ length: OF_ACCOUNT_MAX - 1 }, () => deposits.connection('a'));
  for (const each of held) await each.put(cancel());
  const ending = deposits.connection('a');
  await ending.put(cancel());
  const replaced = ending.put(cancel());
  const ended = ending.end();
  deposits.hurry();
  await Promise.all([replaced, ended]);
  await deposits.connection('a').put(cancel());
  const next = deposits.connection('a');
  await expect(next.put(cancel())).rejects.toMatchObject({ problem: { name: 'tooManyRequests' } });
  await deposits.close();
});

test('of what a process left, a cancel that waits for its answer holds up no other', async () => {
  const left = new Map(Array.from({ length: 1_002 }, (_, i) => [i + 1, cancel()] as const));
  const waits = left.get(1);
  const { box: deposits, door } = box((command) => command === waits);
  const fired = deposits.fireLeft(left);
  await expect.poll(() => door.met.size).toBe(left.size);
  deposits.hurry();
  await fired;
});

import type { Receipt } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import type { ArrivedCommand } from '../../src/parts.ts';
import { createGate, ingressByTurns, Turns } from '../../src/turns/index.ts';

/** An event loop that goes round when it is told to. */
class Loop {
  readonly #due: (() => void)[] = [];
  readonly later = (run: () => void): void => {
    this.#due.push(run);
  };
  round(): void {
    for (const run of this.#due.splice(0)) run();
  }
  get isIdle(): boolean {
    return this.#due.length === 0;
  }
}

function turnsOf(costMax: number) {
  const loop = new Loop();
  const turns = new Turns({ costMax, later: loop.later });
  const done: string[] = [];
  const take = (source: string, name: string, cost = 1): void =>
    turns.take(source, cost, () => done.push(`${source}${name}`));
  return { loop, turns, done, take };
}

test('while there is little, everything is done at once', () => {
  const { loop, turns, done, take } = turnsOf(10);
  for (let round = 0; round < 5; round++) {
    take('a', '1');
    take('b', '1');
    expect(turns.waiting).toBe(0);
    loop.round();
  }
  expect(done).toHaveLength(10);
});

test('what one turn of the event loop does is bounded', () => {
  const { loop, done, take } = turnsOf(16);
  for (let i = 0; i < 100; i++) take('a', `${i}`);
  expect(done).toHaveLength(16);
  for (let turns = 2; turns <= 6; turns++) {
    loop.round();
    expect(done).toHaveLength(16 * turns);
  }
  loop.round();
  expect(done).toEqual(Array.from({ length: 100 }, (_, i) => `a${i}`));
});

test('who asks for one thing waits one turn, however much another asks', () => {
  const { loop, done, take } = turnsOf(16);
  for (let i = 0; i < 1_000; i++) take('flood', `${i}`);
  take('b', '!');
  expect(done).not.toContain('b!');
  loop.round();
  expect(done).toContain('b!');
});

test('what is dear uses up the turn of others as what is cheap does, and comes all the same', () => {
  const { loop, done, take } = turnsOf(16);
  take('a', 'whole', 1_000);
  take('a', 'next', 1);
  expect(done).toEqual(['awhole']);
  loop.round();
  expect(done).toEqual(['awhole', 'anext']);
});

test('when nothing is left, nothing goes round', () => {
  const { loop, take } = turnsOf(4);
  for (let i = 0; i < 10; i++) take('a', `${i}`);
  for (let i = 0; i < 6; i++) loop.round();
  expect(loop.isIdle).toBe(true);
});

test('what is asked while it is done keeps its order', () => {
  const { loop, turns, done, take } = turnsOf(4);
  for (let i = 0; i < 8; i++) {
    turns.take('a', 1, () => {
      done.push(`m${i}`);
      take('a', `-of-m${i}`);
    });
  }
  while (!loop.isIdle) loop.round();
  const of = (name: string): number => done.indexOf(name);
  for (let i = 1; i < 8; i++) {
    expect(of(`m${i}`)).toBeGreaterThan(of(`m${i - 1}`));
    expect(of(`a-of-m${i}`)).toBeGreaterThan(of(`a-of-m${i - 1}`));
  }
});

function command(source: string): ArrivedCommand {
  return { body: new Uint8Array(), signature: new Uint8Array(), withEvents: false, source };
}

test('commands go through the door in turns, prices at once, and each gets its own answer', async () => {
  const loop = new Loop();
  const seen: string[] = [];
  const door = ingressByTurns(
    {
      submit: async ({ source = '' }) => {
        seen.push(source);
        if (source === 'bad') throw new Error('refused');
        const stamp = {
          signer: '0x',
          height: 1,
          timeMs: 1,
          isAccepted: true,
          actions: [],
        } as const;
        return { digest: '0x', index: seen.length, ...stamp } satisfies Receipt;
      },
      publish: async () => {
        seen.push('price');
        return { digest: '0x', publisher: '0x', height: 1, timeMs: 1, prices: [] };
      },
    },
    new Turns({ costMax: 1_024, later: loop.later }),
  );
  const flood = Array.from({ length: 100 }, () => door.submit(command('flood')));
  const other = door.submit(command('other'));
  const bad = door.submit(command('bad')).catch(String);
  await door.publish([], new Uint8Array());
  expect(seen).toEqual(['flood', 'flood', 'flood', 'flood', 'price']);
  loop.round();
  expect(await other).toMatchObject({ digest: '0x' });
  expect(await bad).toBe('Error: refused');
  while (!loop.isIdle) loop.round();
  expect((await Promise.all(flood)).length).toBe(100);
});

test('a gate lets so many through, in turns, and refuses what waits too long a line', async () => {
  const gate = createGate({ atOnce: 2, waitingMax: 8 });
  const open: (() => void)[] = [];
  const asked: string[] = [];
  const ask = (source: string): Promise<string> =>
    gate.ask(source, async () => {
      asked.push(source);
      await new Promise<void>((resolve) => open.push(resolve));
      return source;
    });
  const answers = Array.from({ length: 5 }, () =>
    ask('flood').catch((error) => error.problem.name),
  );
  const other = ask('other');
  await Promise.resolve();
  expect(asked).toEqual(['flood', 'flood']);
  expect(await answers[4]).toBe('overloaded');
  open.shift()?.();
  await answers[0];
  open.shift()?.();
  await answers[1];
  await Promise.resolve();
  expect(asked).toContain('other');
  while (open.length > 0) {
    open.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(await other).toBe('other');
  expect(await answers[3]).toBe('flood');
});

test('a question that fails leaves its place to the next', async () => {
  const gate = createGate({ atOnce: 1, waitingMax: 8 });
  const failing = gate.ask('a', () => Promise.reject(new Error('broken')));
  const next = gate.ask('b', async () => 'answered');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('answered');
});

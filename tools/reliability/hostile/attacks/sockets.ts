// Connections that are opened for their own sake: silent, slow, half open, too many.
import type { Socket } from 'node:net';
import { httpAnswers } from '../answers.ts';
import { openRaw, type RawEnd, readAll } from '../rawSocket.ts';
import { type Attack, eventually, type Stage } from '../stage.ts';
import type { Tally } from '../tally.ts';

const HEAD = 'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
const UPGRADE =
  'GET /v1/stream HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const STATUS = 'GET /v1/status HTTP/1.1\r\nhost: a\r\n\r\n';

/** How a connection ended, by what was answered on it. */
function endOf({ text, end }: RawEnd): string {
  const answers = httpAnswers(text);
  if (answers !== '') return answers;
  return end === 'open' ? 'still open' : end;
}

async function together(tally: Tally, all: readonly Promise<string>[]): Promise<void> {
  tally.tried(all.length);
  for (const answer of await Promise.all(all)) tally.answered(answer);
}

/** Drops of a text, one after the other. */
function drops(text: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => text[i % text.length] ?? ' ');
}

const WAIT_MS = 60_000;

/** Beginnings that are never gone on with, by turns. */
const halves: readonly string[][] = [
  [],
  ['G'],
  [UPGRADE],
  [`${HEAD}content-length: 5\r\n`],
  ['GET /v1/status HTTP/1.1\r\nhost: a\r\nx-long: '],
];

export const socketAttacks: readonly Attack[] = [
  {
    name: 'half-open sockets',
    what: 'connections that say nothing, one letter, or half an upgrade, and then no more',
    expects: ['408 tooSlow'],
    isSlow: true,
    run: (stage, tally) =>
      together(
        tally,
        Array.from({ length: stage.times(400) }, async (_, i) =>
          endOf(await stage.raw(halves[i % halves.length] ?? [], { waitMs: WAIT_MS })),
        ),
      ),
  },
  {
    name: 'slowloris headers',
    what: 'a header line that goes on for ever, a letter every 200 ms',
    expects: ['408 tooSlow'],
    isSlow: true,
    run: (stage, tally) => {
      const pieces = [`${HEAD}x-slow: `, ...drops('abc', 250)];
      const all = Array.from({ length: stage.times(200) }, async () =>
        endOf(await stage.raw(pieces, { everyMs: 200, waitMs: WAIT_MS })),
      );
      return together(tally, all);
    },
  },
  {
    name: 'slowloris bodies',
    what: 'a body of 1,000 bytes or in chunks, a byte every second',
    expects: ['408 tooSlow'],
    isSlow: true,
    run: (stage, tally) => {
      const whole = [`${HEAD}content-length: 1000\r\n\r\n`, ...drops('{ ', 55)];
      const chunk = drops('x', 55).map(() => '1\r\n \r\n');
      const chunked = [`${HEAD}transfer-encoding: chunked\r\n\r\n`, ...chunk];
      const all = Array.from({ length: stage.times(200) }, async (_, i) =>
        endOf(await stage.raw(i % 2 === 0 ? whole : chunked, { everyMs: 1_000, waitMs: WAIT_MS })),
      );
      return together(tally, all);
    },
  },
  {
    name: 'upgraded and silent',
    what: 'WebSockets that answer no ping: gone without a word, as after a cut cable',
    expects: ['close 4001'],
    isSlow: true,
    run: async (stage, tally) => {
      const lines = await Promise.all(
        Array.from({ length: stage.times(200) }, () => stage.line({ answersPings: false })),
      );
      await together(
        tally,
        lines.map(({ closed }) => closed),
      );
    },
  },
  {
    name: 'opened and dropped',
    what: 'connections that are reset, ended, or left in the middle of a request or of an upgrade',
    expects: ['dropped, and forgotten'],
    run: async (stage, tally) => {
      const { sockets } = await stage.scrape();
      const count = stage.times(10_000);
      for (let done = 0; done < count; done += ROUND) {
        const round = Array.from({ length: ROUND }, (_, i) => openAndDrop(stage, done + i));
        tally.tried(ROUND);
        await Promise.all(round);
      }
      const isForgotten = await eventually(
        async () => (await stage.scrape()).sockets <= sockets + SLACK,
        10_000,
      );
      tally.answered(isForgotten ? 'dropped, and forgotten' : 'still held', tally.attempts);
    },
  },
  {
    name: 'connections beyond the limit of an address',
    what: 'idle ones from one address, each with a request to see whether it is served',
    expects: ['200', '429 tooManyRequests'],
    run: (stage, tally) => hold(stage, tally, { addresses: 1, perAddress: 560 }),
  },
  {
    name: 'connections beyond the limit of all',
    what: 'as many as nine addresses may have, which is more than the node takes',
    expects: ['200', '503 overloaded'],
    isSlow: true,
    run: (stage, tally) => hold(stage, tally, { addresses: 9, perAddress: 512 }),
  },
];

const ROUND = 100;
/** The operator's and the honest client's own may come and go meanwhile. */
const SLACK = 3;

async function openAndDrop(stage: Stage, i: number): Promise<void> {
  const socket = await openRaw(stage.at(i % 50)).catch(() => undefined);
  if (socket === undefined) return;
  switch (i % 5) {
    case 0:
      return drop(socket);
    case 1:
      socket.end();
      return new Promise((resolve) => socket.once('close', () => resolve()).resume());
    case 2:
      socket.write(`${HEAD}content-le`);
      return drop(socket);
    case 3:
      socket.write(STATUS);
      return drop(socket);
    default:
      socket.write(`${UPGRADE}\r\n`);
      await readAll(socket, { waitMs: 5_000, until: (text) => text.includes('welcome') });
      return drop(socket);
  }
}

function drop(socket: Socket): void {
  socket.resetAndDestroy();
}

/** Opens so many, keeps them open, and asks on each. */
async function hold(
  stage: Stage,
  tally: Tally,
  { addresses, perAddress }: { readonly addresses: number; readonly perAddress: number },
): Promise<void> {
  const sockets: Socket[] = [];
  const answers: Promise<string>[] = [];
  for (let n = 0; n < addresses; n++) {
    for (let i = 0; i < perAddress; i += ROUND) {
      const length = Math.min(ROUND, perAddress - i);
      const round = await Promise.all(Array.from({ length }, () => openRaw(stage.at(n))));
      sockets.push(...round);
      answers.push(...round.map((socket) => healthOver(socket)));
      await Promise.all(answers.slice(-length));
    }
  }
  await together(tally, answers);
  for (const socket of sockets) socket.destroy();
}

async function healthOver(socket: Socket): Promise<string> {
  const answer = readAll(socket, {
    waitMs: 20_000,
    until: (text) => text.includes('isAlive') || text.includes('remedy'),
  });
  socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
  return endOf(await answer);
}

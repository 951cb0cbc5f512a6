// More than one may ask for: pings, subscriptions, commands, questions, answers that nobody reads.
import { encodeSubmitFrame } from '@plimsoll/api/wire';
import { ACCOUNTS, cancelAll, cast, EXTRAS, MARKET, theft } from '../cast.ts';
import { throughDoors } from '../doors.ts';
import { replyName } from '../httpDoor.ts';
import type { Sealed } from '../lawful.ts';
import { commandJson, type Line } from '../line.ts';
import { type Attack, eventually, type Stage, sleep } from '../stage.ts';
import type { Tally } from '../tally.ts';

const own = (stage: Stage, count = 1): Sealed =>
  stage.seals.lawfully({
    signer: cast.mallory,
    account: ACCOUNTS.mallory,
    actions: Array.from({ length: count }, () => cancelAll),
  });

const stranger = (stage: Stage): Sealed =>
  stage.seals.forge({ signer: cast.stranger, account: ACCOUNTS.victim, actions: [theft] });

async function lines(stage: Stage, count: number): Promise<Line[]> {
  return await Promise.all(Array.from({ length: count }, () => stage.line()));
}

/** Every line is flooded until it is closed: a node that is busy is not outrun in one breath. */
function flood(
  name: string,
  what: string,
  {
    code,
    send,
  }: {
    readonly code: number;
    readonly send: (line: Line, i: number) => void;
  },
): Attack {
  return {
    name,
    what,
    expects: [`close ${code}`],
    run: async (stage, tally) => {
      const all = await lines(stage, stage.times(50));
      tally.tried(all.length);
      await Promise.all(
        all.map(async (line) => {
          for (let i = 0; line.socket.readyState === OPEN && i < FLOOD_MAX; i++) {
            send(line, i);
            if (i % FLOOD_BREATH === 0) await sleep(1);
          }
          tally.answered(await line.closed);
        }),
      );
    },
  };
}

const OPEN = 1;
const FLOOD_BREATH = 100;
const FLOOD_MAX = 200_000;

const interval = ['1m', '5m', '15m', '1h', '4h', '1d'];
const EVERYTHING = [
  { channel: 'book', key: MARKET },
  { channel: 'trades', key: MARKET },
  { channel: 'prices', key: MARKET },
  { channel: 'liquidations' },
  { channel: 'blocks' },
  ...interval.map((each) => ({ channel: 'candles', key: `${MARKET}/${each}` })),
  ...[1, 2, 3, 4].map((account) => ({ channel: 'account', key: `${account}` })),
] as const;

/** Each of them is some kilobytes. */
const REPEATED = Array.from({ length: 256 }, () => ({ channel: 'trades' as const, key: MARKET }));
const PIPELINED = 300;
const GET_MARKETS = 'GET /v1/markets HTTP/1.1\r\nhost: a\r\n\r\n';

export const floodAttacks: readonly Attack[] = [
  flood('ping flood', 'frames of ping on 50 lines, without end', {
    code: 4002,
    send: ({ socket }) => socket.ping(),
  }),
  flood('pong flood', 'pongs that nobody asked for', {
    code: 4002,
    send: ({ socket }) => socket.pong(),
  }),
  flood('flood of requests', 'subscribe and unsubscribe, without end', {
    code: 4002,
    send: ({ socket }, id) => {
      const op = id % 2 === 0 ? 'subscribe' : 'unsubscribe';
      socket.send(JSON.stringify({ op, id, topics: [{ channel: 'blocks' }] }));
    },
  }),
  flood('garbage frames', 'frames of random bytes, without end', {
    code: 4000,
    send: ({ socket }, i) => {
      const bytes = Buffer.alloc(1 + ((i * 37) % 400), i * 101);
      bytes.writeUInt8((i * 7) % 256, 0);
      socket.send(bytes);
    },
  }),
  {
    name: 'subscriptions beyond the limit',
    what: '300 accounts on one line, 300 topics in one message, accounts that are none',
    expects: ['snapshot', 'refused: tooManyRequests', 'malformed', 'refused: unknown'],
    run: async (stage, tally) => {
      const line = await stage.line();
      const topics = Array.from({ length: EXTRAS }, (_, i) => ({
        channel: 'account' as const,
        key: `${ACCOUNTS.extras + i}`,
      }));
      await subscribe(line, tally, topics.slice(0, 150));
      await subscribe(line, tally, topics.slice(150));
      tally.tried();
      tally.answered(await line.ask({ op: 'subscribe', topics }));
      const other = await stage.line();
      await subscribe(
        other,
        tally,
        Array.from({ length: 100 }, (_, i) => ({ channel: 'account' as const, key: `${900 + i}` })),
      );
    },
  },
  {
    name: 'more commands than may be under way',
    what: '8 lines with 20,000 of the same lawful command each, as fast as they are taken',
    expects: ['receipt'],
    allows: ['overloaded'],
    run: async (stage, tally) => {
      const sealed = own(stage);
      await throughDoors(stage, tally, [sealed], ['binary']);
      const commands: Sealed[] = Array(1_000).fill(sealed);
      const frame = encodeSubmitFrame({ id: 1_000_000, withEvents: false, commands });
      const flood = { message: frame, times: stage.times(20), commands: 1_000 };
      await Promise.all((await lines(stage, 8)).map((line) => replayMany(line, tally, flood)));
    },
  },
  {
    name: 'commands as long texts',
    what: '30 lines with five messages of 200 KB, 500 commands as JSON in each: dear to read',
    expects: ['receipt'],
    allows: ['overloaded'],
    run: async (stage, tally) => {
      const sealed = own(stage);
      await throughDoors(stage, tally, [sealed], ['json']);
      const commands = Array(500).fill(commandJson(sealed));
      const message = JSON.stringify({ op: 'submit', id: 1_000_000, commands });
      const flood = { message, times: stage.times(5), commands: 500 };
      const all = await lines(stage, stage.times(30));
      await Promise.all(all.map((line) => replayMany(line, tally, flood)));
    },
  },
  {
    name: 'more actions than the quota',
    what: 'lawful commands of 32 actions, 9,600 in all, at once',
    expects: ['receipt', 'quotaExceeded'],
    // Several of one block were each within the quota before it.
    allows: ['in a block, refused: quotaExceeded'],
    run: async (stage, tally) => {
      const commands = Array.from({ length: 300 }, () => own(stage, 32));
      await throughDoors(stage, tally, commands, ['binary']);
    },
  },
  {
    name: 'bad signatures by the line',
    what: '500 signatures that do not open on each line',
    expects: ['signatureInvalid (rZero)', 'close 4003'],
    run: async (stage, tally) => {
      const sealed = { ...stranger(stage), signature: new Uint8Array(65).fill(27, 64) };
      for (const line of await lines(stage, stage.times(20))) {
        tally.tried(500);
        const answers = await line.submitMany(Array(500).fill(sealed));
        for (const answer of answers) tally.answered(answer);
      }
    },
  },
  {
    name: 'giant batches of a stranger',
    what: 'forged withdrawals, 600 in one request, 60,000 in all; 1,000 in one frame on 20 lines',
    expects: ['signerUnauthorized', 'close 4002'],
    allows: ['overloaded', 'tooManyRequests'],
    run: async (stage, tally) => {
      const sealed = stranger(stage);
      const http = stage.http();
      const list: Sealed[] = Array(600).fill(sealed);
      const asking = Array.from({ length: stage.times(100) }, () => http.submitList(list));
      const frame: Sealed[] = Array(1_000).fill(sealed);
      const all = await lines(stage, stage.times(20));
      const framed = all.map((line) => line.submitMany(frame));
      for (const answers of await Promise.all([...asking, ...framed])) {
        tally.tried(answers.length);
        for (const answer of answers) tally.answered(answer);
      }
    },
  },
  {
    name: 'batches beyond the limit',
    what: '1,001 commands in a frame and in a message, 257 prices, a frame that says 65,535',
    expects: ['tooLarge', 'malformed', '400 malformed'],
    run: async (stage, tally) => {
      const line = await stage.line();
      const http = stage.http();
      const sealed = stranger(stage);
      const cut = encodeSubmitFrame({ id: 900_000, withEvents: false, commands: [sealed] });
      new DataView(cut.buffer).setUint16(5, 65_535, true);
      const nothing = encodeSubmitFrame({ id: 900_001, withEvents: false, commands: [] });
      for (let i = 0; i < stage.times(30); i++) {
        tally.tried(6);
        const many = await line.submitMany(Array(1_001).fill(sealed));
        tally.answered(new Set(many).size === 1 ? (many[0] ?? '') : 'different answers');
        tally.answered(await line.tell(cut, true));
        tally.answered(await line.tell(nothing, true));
        const commands = Array(1_001).fill({});
        tally.answered(await line.tell(JSON.stringify({ op: 'submit', id: 900_002, commands })));
        tally.answered(replyName(await http.post('/v1/commands', { commands })));
        const prices = { prices: Array(257).fill({}), signature: '0x' };
        tally.answered(replyName(await http.post('/v1/prices', prices)));
      }
    },
  },
  {
    name: 'slow readers',
    what: '40 lines that listen to everything, ask for snapshots by the hundred, and read nothing',
    expects: ['dropped as slowReader'],
    run: async (stage, tally) => {
      const droppedSoFar = async (): Promise<number> =>
        (await stage.scrape()).dropped.slowReader ?? 0;
      const before = await droppedSoFar();
      const all = await lines(stage, stage.times(40));
      tally.tried(all.length);
      for (const line of all) stopReading(line);
      await eventually(async () => (await droppedSoFar()) - before >= all.length, 60_000);
      tally.answered('dropped as slowReader', (await droppedSoFar()) - before);
    },
  },
  {
    name: 'snapshots without end',
    what: '20 lines that read, and ask for the same 256 snapshots again and again',
    expects: ['subscribed'],
    allows: ['close 4008'],
    run: async (stage, tally) => {
      const untilMs = Date.now() + (stage.isShort ? 1_000 : 5_000);
      await Promise.all(
        (await lines(stage, stage.times(20))).map(async (line) => {
          while (Date.now() < untilMs) {
            tally.tried();
            const answer = await line.ask({ op: 'subscribe', topics: REPEATED });
            tally.answered(answer);
            if (answer.startsWith('close')) return;
          }
        }),
      );
    },
  },
  {
    name: 'requests beyond the rate',
    what: 'requests of one address, 300 in one write on each of 10 connections',
    expects: ['200', '429'],
    run: async (stage, tally) => {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          tally.tried(PIPELINED);
          const isDone = (text: string): boolean => statusesIn(text).length >= PIPELINED;
          const { text } = await stage.raw([GET_MARKETS.repeat(PIPELINED)], {
            waitMs: 60_000,
            until: isDone,
          });
          for (const status of statusesIn(text)) tally.answered(status);
        }),
      );
    },
  },
  {
    name: 'dear questions',
    what: 'ADL shares, portfolios, largest orders, histories, heights that are far ahead',
    expects: ['200', '503 behind'],
    // A machine that is slow asks slower than an address may.
    allows: ['429 tooManyRequests', '503 overloaded'],
    run: async (stage, tally) => {
      const http = stage.http({ socketsMax: 200 });
      const count = stage.times(1_500);
      tally.tried(count);
      const asked = Array.from({ length: count }, (_, i) => dear(http, i));
      for (const answer of await Promise.all(asked)) tally.answered(answer);
    },
  },
];

type Topics = readonly { readonly channel: 'account'; readonly key: string }[];

async function subscribe(line: Line, tally: Tally, topics: Topics): Promise<void> {
  tally.tried(topics.length);
  const answer = await line.request({ op: 'subscribe', topics });
  if (answer?.type !== 'subscribed') {
    tally.answered(answer === undefined ? 'closed' : answer.type, topics.length);
    return;
  }
  for (const { start, problem } of answer.topics) {
    tally.answered(problem === undefined ? start : `${start}: ${problem.name}`);
  }
}

interface ReplayFlood {
  /** The same lawful command, so often. */
  readonly message: Uint8Array | string;
  readonly commands: number;
  readonly times: number;
}

/** One message behind the other; receipts are counted as they come. */
async function replayMany(line: Line, tally: Tally, flood: ReplayFlood): Promise<void> {
  const { socket } = line;
  let left = flood.times * flood.commands;
  tally.tried(left);
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const text = String(data);
      const receipts = text.split('"receipt":{').length - 1;
      const overloaded = text.split('"name":"overloaded"').length - 1;
      left -= receipts + overloaded;
      tally.answered('receipt', receipts);
      if (overloaded > 0) tally.answered('overloaded', overloaded);
      if (left <= 0) resolve();
    });
    socket.on('close', () => resolve());
  });
  for (let i = 0; i < flood.times; i++) socket.send(flood.message);
  await Promise.race([answered, sleep(150_000)]);
}

/** Listens to everything, asks for some ten megabytes of snapshots, and never looks at them. */
function stopReading({ socket }: Line): void {
  socket.pause();
  socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: EVERYTHING }));
  for (let id = 2; id < 12; id++) {
    socket.send(JSON.stringify({ op: 'subscribe', id, topics: REPEATED }));
  }
}

function statusesIn(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status ?? '');
}

async function dear(http: ReturnType<Stage['http']>, i: number): Promise<string> {
  const questions = [
    `/v1/accounts/1/adl?instrument=${MARKET}&size=1000&deficit=1000000`,
    `/v1/accounts/1/maximum-order?instrument=${MARKET}&side=buy`,
    '/v1/accounts/1/history?limit=500',
    '/v1/status?minHeight=900719925474099',
    '/v1/events?limit=500',
    '/v1/liabilities',
  ];
  const path = questions[i % (questions.length + 1)];
  if (path !== undefined) return await http.answer({ path });
  const positions = [{ instrument: MARKET, size: '1' }];
  return replyName(await http.post('/v1/preview-portfolio', { positions }));
}

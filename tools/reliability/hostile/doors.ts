import type { Sealed, SealedPrices } from './lawful.ts';
import type { Stage } from './stage.ts';
import type { Tally } from './tally.ts';

export type DoorName = 'http' | 'json' | 'binary';
const ALL: readonly DoorName[] = ['http', 'json', 'binary'];

/**
 * Sends commands through all doors in turn: one HTTP request, JSON message or binary frame each.
 * Forty a line, so that what is refused does not close it.
 */
export async function throughDoors(
  stage: Stage,
  tally: Tally,
  commands: readonly Sealed[],
  doors: readonly DoorName[] = ALL,
): Promise<void> {
  for (let at = 0; at < commands.length; at += PER_ROUND) {
    const round = commands.slice(at, at + PER_ROUND);
    const senders = await Promise.all(doors.map((door) => senderOf(stage, door)));
    tally.tried(round.length);
    const sent = round.map((sealed, i) => senders[i % senders.length]?.send(sealed) ?? NOTHING);
    for (const answer of await Promise.all(sent)) tally.answered(answer);
    for (const sender of senders) sender.close();
  }
}

const PER_ROUND = 90;
const NOTHING = Promise.resolve('nothing');

interface Sender {
  send(sealed: Sealed): Promise<string>;
  close(): void;
}

async function senderOf(stage: Stage, door: DoorName): Promise<Sender> {
  if (door === 'http') {
    const http = stage.http();
    return { send: (sealed) => http.submit(sealed), close: () => http.close() };
  }
  const line = await stage.line();
  const close = (): void => line.socket.terminate();
  if (door === 'json') return { send: (sealed) => line.submitJson(sealed), close };
  return { send: (sealed) => line.submitBinary(sealed), close };
}

/** Prices through both doors that take them. */
export async function throughPriceDoors(
  stage: Stage,
  tally: Tally,
  prices: readonly SealedPrices[],
): Promise<void> {
  const http = stage.http();
  const line = await stage.line();
  tally.tried(prices.length);
  const sent = prices.map((each, i) => (i % 2 === 0 ? http.publish(each) : line.publish(each)));
  for (const answer of await Promise.all(sent)) tally.answered(answer);
  http.close();
  line.socket.terminate();
}

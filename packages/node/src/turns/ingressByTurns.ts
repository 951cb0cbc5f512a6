import type { Receipt } from '@plimsoll/api/wire';
import type { Ingress } from '../parts.ts';
import type { Turns } from './turns.ts';

/** As much work as so many characters of JSON: 256 commands a turn. */
const COMMAND_COST = 256;

/**
 * The same door, gone through in turns. A message may hold a thousand commands and a hundred
 * connections may send one each: without this, who asks for one thing waits for all of them.
 * Prices do not wait: there are few who may say them, and everything hangs on them.
 */
export function ingressByTurns(ingress: Ingress, turns: Turns): Ingress {
  return {
    submit: (command) =>
      new Promise<Receipt>((resolve, reject) => {
        turns.take(command.source, COMMAND_COST, () => {
          ingress.submit(command).then(resolve, reject);
        });
      }),
    publish: (prices, signature, source) => ingress.publish(prices, signature, source),
  };
}

// Everything that is tried, in the order in which it is tried. Each attack says what it does, what
// it has to be met with, and nothing else may meet it. A new attack is one entry in one of these.
import type { Attack } from '../stage.ts';
import { envelopeAttacks } from './envelopes.ts';
import { floodAttacks } from './floods.ts';
import { keyAttacks } from './keys.ts';
import { messageAttacks } from './messages.ts';
import { mutationAttacks } from './mutations.ts';
import { priceAttacks } from './prices.ts';
import { requestAttacks } from './requests.ts';
import { signatureAttacks } from './signatures.ts';
import { socketAttacks } from './sockets.ts';
import { webSocketAttacks } from './webSockets.ts';

export const attacks: readonly Attack[] = [
  ...signatureAttacks,
  ...keyAttacks,
  ...envelopeAttacks,
  ...mutationAttacks,
  ...priceAttacks,
  ...messageAttacks,
  ...requestAttacks,
  ...webSocketAttacks,
  ...floodAttacks,
  ...socketAttacks,
];

import type { Action } from '@plimsoll/core/schema';
import type { Hex, Network, SignedCommand, UnsignedCommand } from '../network.ts';
import { bytesOfHex, hexOfBytes } from '../signing/hex.ts';
import type { Signer } from '../signing/index.ts';
import { SIGNATURE_BYTES } from '../signing/signature.ts';
import type { Clock } from './clock.ts';
import { SigningError } from './errors.ts';

/** What a client has to know of its network to sign for it. */
export interface NetworkRules {
  readonly network: Network;
  /** Longest lifetime of a command, milliseconds. */
  readonly commandLifetimeMs: number;
}

export interface CommandMaker {
  readonly clock: Clock;
  readonly account: number;
  readonly rules: () => Promise<NetworkRules>;
}

/** A command that was made goes at most so far towards the longest lifetime: clocks differ. */
const LIFETIME_SHARE = 0.5;

/**
 * Signs actions as one command of an account, with the next nonce of the key and an expiry.
 *
 * @throws SigningError when there is no signer, or it does not sign.
 */
export async function makeCommand(
  { clock, account, rules }: CommandMaker,
  signer: Signer | undefined,
  what: {
    readonly actions: readonly Action[];
    readonly lifetimeMs: number;
    /** Not the next nonce, but one that lies so far ahead; absent: the next. */
    readonly nonceAhead?: number;
  },
): Promise<SignedCommand> {
  if (signer === undefined) {
    throw new SigningError({
      code: 'SIGNER_MISSING',
      message: 'this client has nobody to sign with',
      remedy: 'give createClient a signer, such as privateKeySigner(key)',
    });
  }
  const { network, commandLifetimeMs } = await rules();
  const lifetimeMs = Math.min(what.lifetimeMs, commandLifetimeMs * LIFETIME_SHARE);
  const key = nonceKey(account, signer);
  const { nonceAhead } = what;
  const command = {
    account,
    nonce: nonceAhead === undefined ? clock.nextNonce(key) : clock.nonceAhead(key, nonceAhead),
    expiresMs: Math.floor(clock.nowMs + lifetimeMs),
    actions: what.actions,
  };
  return { ...command, signature: await signatureOf(signer, command, network) };
}

async function signatureOf(
  signer: Signer,
  command: UnsignedCommand,
  network: Network,
): Promise<Hex> {
  try {
    const bytes = bytesOfHex(await signer.signCommand(command, network));
    if (bytes.length === SIGNATURE_BYTES) return hexOfBytes(bytes);
  } catch (cause) {
    throw unsigned(cause instanceof Error ? cause.message : String(cause), cause);
  }
  throw unsigned('its signature is not of 65 bytes, as those of a key are');
}

function unsigned(why: string, cause?: unknown): SigningError {
  return new SigningError({
    code: 'SIGNING_FAILED',
    message: `the command was not signed: ${why}`,
    remedy: 'look at what the signer says; nothing was sent',
    cause,
  });
}

/** A key has one window of nonces for each account that it acts for. Spec: accounts 3. */
export function nonceKey(account: number, signer: Signer): string {
  return `${account} ${signer.address}`;
}

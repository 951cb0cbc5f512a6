import type { Action } from '@plimsoll/core/schema';
import type { Network, SignedCommand } from '../network.ts';
import type { Signer } from '../signing/index.ts';
import type { Clock } from './clock.ts';
import { ClientError, SigningError } from './errors.ts';

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
  what: { readonly actions: readonly Action[]; readonly lifetimeMs: number },
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
  const command = {
    account,
    nonce: clock.nextNonce(nonceKey(account, signer)),
    expiresMs: Math.floor(clock.nowMs + lifetimeMs),
    actions: what.actions,
  };
  try {
    return { ...command, signature: await signer.signCommand(command, network) };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new SigningError({
      code: 'SIGNING_FAILED',
      message: `the command was not signed: ${cause instanceof Error ? cause.message : cause}`,
      remedy: 'look at what the signer says; nothing was sent',
      cause,
    });
  }
}

/** A key has one window of nonces for each account that it acts for. Spec: accounts 3. */
export function nonceKey(account: number, signer: Signer): string {
  return `${account} ${signer.address}`;
}

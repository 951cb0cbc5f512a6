import type { Network } from '../network.ts';
import type { Clock } from './clock.ts';
import type { NetworkRules } from './commandMaker.ts';
import { ProtocolError } from './errors.ts';
import type { Read } from './read.ts';

/**
 * Asks the node once what has to be known to sign. Asks again after a failure.
 *
 * @param expected whoever signs for one network only gives it here.
 */
export function networkRules(
  read: Read,
  clock: Clock,
  expected?: Network,
): () => Promise<NetworkRules> {
  let known: Promise<NetworkRules> | undefined;
  return () => {
    known ??= ask(read, clock, expected).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function ask(read: Read, clock: Clock, expected?: Network): Promise<NetworkRules> {
  const [{ network, timeMs }, { parameters }] = await Promise.all([
    read('network'),
    read('parameters', { scope: 'global' }),
  ]);
  clock.note(timeMs);
  const lifetime = parameters.find((each) => each.name === 'commandLifetimeMs');
  if (lifetime === undefined) {
    throw new ProtocolError({
      code: 'PARAMETER_MISSING',
      message: 'the node does not say how long commands may live',
      remedy: 'check that client and node are of the same release',
    });
  }
  if (expected !== undefined && !isSame(network, expected)) {
    throw new ProtocolError({
      code: 'NETWORK_DIFFERS',
      message: `the node serves ${network.name}, not ${expected.name}: nothing was signed`,
      remedy: 'check the address of the node, or the network that the client was given',
      figures: { chainId: network.chainId, genesisHash: network.genesisHash },
    });
  }
  return { network, commandLifetimeMs: lifetime.value };
}

function isSame(a: Network, b: Network): boolean {
  return a.name === b.name && a.chainId === b.chainId && a.genesisHash === b.genesisHash;
}

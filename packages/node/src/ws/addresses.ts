import type { IncomingMessage } from 'node:http';
import type { NodeConfig } from '../config.ts';
import { isLoopback } from '../http/limitClients.ts';

/** Who connects, and how often: addresses with the number of their connections. */
export class Addresses {
  readonly #config: NodeConfig;
  readonly #counts = new Map<string, number>();

  constructor(config: NodeConfig) {
    this.#config = config;
  }

  /** The client's address: what a trusted proxy says, or who is at the other end. */
  of(request: IncomingMessage): string {
    const { remoteAddress = '' } = request.socket;
    const { isBehindProxy } = this.#config.http;
    if (!isBehindProxy || !isLoopback(remoteAddress)) return network(remoteAddress);
    // The last one was added by the proxy itself; those before it anybody can make up.
    const said = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1);
    return network(said?.trim() || remoteAddress);
  }

  hasRoom(address: string): boolean {
    return (this.#counts.get(address) ?? 0) < this.#config.limits.connectionsPerAddressMax;
  }

  add(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
  }

  remove(address: string): void {
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}

/** Of IPv6 the first four groups: everybody has as many of the rest as they like. */
function network(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  if (!plain.includes(':')) return plain;
  const [before = '', after = ''] = plain.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === '' ? [] : after.split(':');
  const zeros = plain.includes('::') ? Math.max(0, 8 - head.length - tail.length) : 0;
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return groups.slice(0, 4).join(':');
}

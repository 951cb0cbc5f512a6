import type { IncomingMessage } from 'node:http';

/**
 * Whether a page may open the stream. Browsers ask nobody before they open a WebSocket, so that the
 * node has to look itself: pages of its own origin and of those configured. Programs send none.
 */
export function isOriginAllowed(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || origins.includes(origin) || origins.includes('*')) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}

// The WebSocket that Node 20 has not built in, for `createClient` of @plimsoll/api/client.
export { WebSocket } from 'ws';

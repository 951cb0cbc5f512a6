// The door of @plimsoll/node: a durable node around the machine. Start at parts.ts (what the parts
// promise each other), then main.ts (who is wired to whom).
export { genesisOf, type NetworkFile, networkOf } from './network.ts';

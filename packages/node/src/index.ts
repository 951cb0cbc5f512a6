// The door of @plimsoll/node: a durable node around the machine. Start at parts.ts (what the parts
// promise each other), then main.ts (who is wired to whom).
export { defaultConfig, type NodeConfig } from './config.ts';
export { createLogger, type Logger } from './logger.ts';
export { type RunningNode, type StartOptions, startNode } from './main.ts';
export {
  checkNetwork,
  genesisOf,
  type NetworkFile,
  NetworkFileError,
  networkOf,
} from './network.ts';
export type { NodeStatus, ReplicaStatus } from './parts.ts';

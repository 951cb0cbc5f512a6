import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { NodeConfig } from './config.ts';

/** Where the node says what happens to it; JSON lines. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: NodeConfig['logLevel'];
  /** Standard output if absent. */
  readonly destination?: DestinationStream;
}

/**
 * Lines of JSON with `level` in words and `time` in ISO 8601. Nothing secret is ever logged: the
 * node holds no keys, and bodies of requests are not written.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

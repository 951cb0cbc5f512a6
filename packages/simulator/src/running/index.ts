// Runs a scenario: a machine is set up by commands alone (opening.ts, setUp.ts), then blocks with the
// market's prices, timed actions, books and agents until the end (runScenario.ts), and what came of it
// is added up from events and samples. Keeps true: nothing but applyBlock writes to the machine, and
// what a run wrote down replays to the same roots (replayFile.ts). Start at runScenario.ts.
export { chainHashOf } from './host.ts';
export {
  ReplayError,
  type ReplayHeader,
  type ReplayOptions,
  type ReplayReport,
  replayFile,
} from './replayFile.ts';
export { type RunOptions, type RunProgress, runScenario } from './runScenario.ts';

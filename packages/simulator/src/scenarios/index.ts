// The scenario file: what an author writes (scenarioFile.ts), its schema, and the checked scenario
// in the machine's integers that a runner takes (scenario.ts). Keeps true: a scenario that resolves
// has no dangling name and no rounded figure; every mistake is reported with its path in the file.
// Start at readScenario.ts, then resolveScenario.ts. Spec: scenario.
export { checkScenario, parseScenario, readScenario, readyScenarios } from './readScenario.ts';
export { memberName } from './resolveAccounts.ts';
export {
  type DepthLadder,
  OPERATOR,
  type Scenario,
  type ScenarioAccount,
  type ScenarioAction,
  type ScenarioAgent,
  type ScenarioAsset,
  type ScenarioBalance,
  type ScenarioDepth,
  type ScenarioInstrument,
  type ScenarioOrder,
  type ScenarioPools,
  type ScenarioPopulation,
  type ScenarioPosition,
  type ScenarioPublisher,
  type ScenarioTier,
  type ScenarioUnderlying,
} from './scenario.ts';
export type {
  AccountSpec,
  ActionSpec,
  AgentSpec,
  AssertionOp,
  AssertionSpec,
  CommandSpec,
  DepthProfile,
  FaultSpec,
  HaltFault,
  Parameters,
  PopulationSpec,
  ScenarioFile,
  Side,
  TraitsSpec,
} from './scenarioFile.ts';
export { publishedSchema } from './schema.ts';

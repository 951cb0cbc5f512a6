// The tables that say what a command, an event, a refusal, a parameter and a row of state are. Bytes,
// EIP-712 types, JSON Schema, readable text and generators are driven by them, so that a new kind is
// one entry here. Start at command.ts and tables.ts.
export {
  type Action,
  type ActionOf,
  AGENT_SCOPES,
  type AgentScope,
  type Authority,
  type CommandKind,
  type CommandSchema,
  commandSchema,
  type Lane,
  type Observation,
  type OpenedCommand,
  observationSchema,
} from './command.ts';
export {
  type Event,
  type EventKind,
  type EventOf,
  type EventSchema,
  eventSchema,
} from './event.ts';
export type {
  Address,
  EnumType,
  FieldsSchema,
  FieldType,
  FieldValue,
  ListType,
  RecordOf,
  ScalarType,
} from './fields.ts';
export {
  assetParameters,
  globalParameters,
  instrumentParameters,
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  type ParameterScope,
  parameterSchema,
  type SafeDirection,
  underlyingParameters,
} from './parameters.ts';
export {
  accepted,
  type Code,
  type Rejection,
  type RejectionName,
  rejections,
} from './rejection.ts';
export {
  AUTHORITY_ROLE,
  type ColumnSchema,
  DAY_RING,
  INDEX_STATUS,
  LIQUIDATION_STAGE,
  type Limits,
  MARKET_STATE,
  ORDER_FLAG,
  RATE_RING,
  SETTLEMENT_ASSET,
  SIDE,
  SOURCES_PER_UNDERLYING,
  type StateSchema,
  stateSchema,
  type TableName,
  type TableSchema,
  TIERS_MAX,
} from './tables.ts';

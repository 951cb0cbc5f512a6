// The tables that say what a command, an event, a refusal, a parameter and a row of state are.
// Bytes, EIP-712 types, JSON Schema, readable text, checks and generators are driven by them, so
// that a new kind is one entry here. Start at command.ts and tables.ts; recordPlan.ts is how every
// driver reads them.
export {
  type Action,
  type ActionOf,
  AGENT_SCOPES,
  type AgentScope,
  type Authority,
  type Block,
  type CommandKind,
  type CommandResult,
  type CommandSchema,
  commandSchema,
  type Lane,
  type Observation,
  type OpenedCommand,
  observationSchema,
  type UnsignedObservation,
} from './command.ts';
export {
  type Decoded,
  decodeAction,
  decodeBlock,
  decodeCommand,
  decodeCommandBody,
  decodeEvent,
  decodeEvents,
  decodeObservation,
  decodeResults,
  isMalformed,
  type Malformed,
} from './decode.ts';
export {
  ByteWriter,
  ENCODING_VERSION,
  encodeAction,
  encodeBlock,
  encodeCommand,
  encodeCommandBody,
  encodeEvent,
  encodeEvents,
  encodeObservation,
  encodeResults,
} from './encode.ts';
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
  ACTIONS_MAX,
  ACTIONS_MIN,
  decodeJsonAction,
  decodeJsonBlock,
  decodeJsonCommand,
  decodeJsonEvent,
  decodeJsonObservation,
  encodeJsonAction,
  encodeJsonBlock,
  encodeJsonCommand,
  encodeJsonEvent,
  encodeJsonObservation,
  isJsonProblem,
  type JsonProblem,
  type JsonValue,
} from './json.ts';
export {
  actionJsonSchema,
  blockJsonSchema,
  commandJsonSchema,
  eventJsonSchema,
  type JsonSchema,
  observationJsonSchema,
} from './jsonSchema.ts';
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
  type ReadableMarket,
  type ReadableNames,
  readableAction,
  readableCommand,
  readableTime,
} from './readable.ts';
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
  LIQUIDATION_WAIT,
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
export {
  pricesTypedData,
  type TypedData,
  type TypedDataField,
  type TypedDataTarget,
  typedData,
} from './typedData.ts';
export {
  type EventUnits,
  eventUnits,
  type FiguresOf,
  type FigureValue,
  type RejectionFigures,
  rejectionFigures,
  type Unit,
} from './units/index.ts';
export { actionProblem, blockProblem, commandProblem, observationProblem } from './validate.ts';

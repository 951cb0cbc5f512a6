import type { Network, OpenedSignature } from '@plimsoll/api';
import {
  figuresJson,
  nodeProblem,
  type PricesReceipt,
  type Problem,
  ProblemError,
  type ProblemFigures,
  type Receipt,
  rejectionProblem,
} from '@plimsoll/api/wire';
import { admit, admitObservation, type Machine } from '@plimsoll/core/machine';
import {
  type Address,
  accepted,
  decodeCommandBody,
  isMalformed,
  type Observation,
  type OpenedCommand,
  rejections,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import { accountExists, readAddress } from '@plimsoll/core/state';
import type { BlockClock } from './blockClock.ts';
import type { BlockMaker } from './blockMaker.ts';
import type { ArrivedCommand, Ingress, Opener } from './parts.ts';
import { hexOf } from './receipts.ts';
import { wireUnits } from './units/index.ts';

export interface IngressOptions {
  readonly network: Network;
  readonly machine: Machine;
  readonly maker: BlockMaker;
  readonly clock: BlockClock;
  readonly opener: Opener;
  readonly queueMax: number;
  /**
   * The receipt of a command that was answered long ago; undefined when it is in no block. `source`
   * asks.
   */
  readonly lookUp: (digest: string, source?: string) => Promise<Receipt | undefined>;
  /** How many answers stay at hand once they are given; 16,384 unless said. */
  readonly recentMax?: number;
}

const RECENT_MAX = 16_384;
/** The door judges at block time: it may be so much behind the clock. */
const AGE_MS_MAX = 1_000;
/** Refusals at which somebody wonders whose signature it was. */
const OF_AUTHORITY: ReadonlySet<number> = new Set([
  rejections.signerUnauthorized.code,
  rejections.agentExpired.code,
  rejections.agentScope.code,
]);
/** Refusals that meet a command which was executed: it has expired since, or its key is gone. */
const OF_LATER: ReadonlySet<number> = new Set([
  rejections.nonceUsed.code,
  rejections.commandExpired.code,
  ...OF_AUTHORITY,
]);

/**
 * The door of everything signed: decoded, opened, admitted, and only then queued. What is sent
 * again gets the answer it got: a digest is executed at most once, since its nonce is used.
 * Spec: node 1.
 */
export function createIngress(options: IngressOptions): Ingress {
  const answers = new AnswersAtHand(options.recentMax ?? RECENT_MAX);
  return {
    submit: (arrived) => submit(options, answers, arrived),
    publish: (prices, signature, source) => publish(options, prices, { signature, source }),
  };
}

interface Answered {
  readonly signer: Address;
  readonly answer: Promise<Receipt>;
}

/**
 * Answers by digest, so that what is sent twice is answered alike: all that are not given yet,
 * since nothing else knows of those, and the latest of those that are in the history too. Those in
 * two generations: taking the oldest out of one map costs a walk over all that were taken before.
 */
class AnswersAtHand {
  readonly #generationMax: number;
  readonly #underWay = new Map<string, Answered>();
  #given = new Map<string, Answered>();
  #givenBefore = new Map<string, Answered>();

  constructor(givenMax: number) {
    this.#generationMax = Math.floor(givenMax / 2);
  }

  find(digest: string): Answered | undefined {
    return this.#underWay.get(digest) ?? this.#given.get(digest) ?? this.#givenBefore.get(digest);
  }

  add(digest: string, answered: Answered): void {
    this.#underWay.set(digest, answered);
    const given = (): void => {
      this.#underWay.delete(digest);
      if (this.#given.size >= this.#generationMax) {
        this.#givenBefore = this.#given;
        this.#given = new Map();
      }
      this.#given.set(digest, answered);
    };
    answered.answer.then(given, () => this.#underWay.delete(digest));
  }
}

async function submit(
  options: IngressOptions,
  answers: AnswersAtHand,
  arrived: ArrivedCommand,
): Promise<Receipt> {
  refuseOverload(options);
  const body = decodeCommandBody(arrived.body);
  if (isMalformed(body)) {
    const place = { offset: body.offset };
    throw new ProblemError(nodeProblem('malformed', `the command ${body.malformed}`, place));
  }
  const opened = await options.opener.openCommand(arrived.body, arrived.signature, arrived.source);
  const digest = hexOf(opened.digest);
  const known = answers.find(digest);
  if (known?.signer === opened.signer) return known.answer;
  const command: OpenedCommand = { ...body, signer: opened.signer };
  const { machine, maker } = options;
  maker.freshen(AGE_MS_MAX);
  const code = admit(machine, command);
  if (code !== accepted) {
    const figures = doorFigures(machine, code);
    return await refused(options, { code, figures, command, opened, source: arrived.source });
  }
  if (known !== undefined) throw new ProblemError(takenByAnother(command));
  const { signature, withEvents } = arrived;
  const answer = maker.submit({ command, signature, digest: opened.digest, withEvents });
  answers.add(digest, { signer: opened.signer, answer });
  return answer;
}

/** The figures of what `admit` refused just now. */
function doorFigures({ state }: Machine, code: number): ProblemFigures | undefined {
  return figuresJson({ code, figures: state.figures }, wireUnits(state));
}

/** Two keys of an account said the same with the same nonce: one digest is one command. */
function takenByAnother({ nonce }: OpenedCommand): Problem {
  return rejectionProblem(rejections.nonceUsed.code, { nonce, high: nonce });
}

/** Refused at the door; but it may be in a block already, and be refused for that alone. */
async function refused(
  options: IngressOptions,
  refusal: {
    readonly code: number;
    readonly figures: ProblemFigures | undefined;
    readonly command: OpenedCommand;
    readonly opened: OpenedSignature;
    readonly source: string | undefined;
  },
): Promise<Receipt> {
  const { code, figures, command, opened, source } = refusal;
  const digest = hexOf(opened.digest);
  if (OF_LATER.has(code)) {
    const earlier = await options.lookUp(digest, source);
    if (earlier?.signer === opened.signer) return earlier;
  }
  const whose = OF_AUTHORITY.has(code) ? signerFigures(options, command, digest) : {};
  throw new ProblemError(rejectionProblem(code, { ...figures, ...whose }));
}

/** Who signed, who should have, and what over: a wrong network shows as a wrong signer. */
function signerFigures(
  options: IngressOptions,
  command: OpenedCommand,
  digest: string,
): ProblemFigures {
  const { state } = options.machine;
  const { network } = options;
  const { account } = command;
  const expected =
    account > 0 && accountExists(state, account)
      ? readAddress(state.accounts.owner, account)
      : 'the key of the authority';
  return {
    recovered: command.signer,
    expected,
    digest,
    domain: `Plimsoll ${network.name}, version 1`,
    chainId: network.chainId,
    salt: network.genesisHash,
  };
}

async function publish(
  options: IngressOptions,
  prices: readonly UnsignedObservation[],
  { signature, source }: { readonly signature: Uint8Array; readonly source: string | undefined },
): Promise<PricesReceipt> {
  refuseOverload(options);
  const opened = await options.opener.openPrices(prices, signature, source);
  const publisher = opened.signer;
  const observations = prices.map((price): Observation => ({ ...price, publisher }));
  const { machine, maker, clock } = options;
  const codes = judged(options, observations);
  const firstRefused = codes.findIndex((code) => code !== accepted);
  if (codes.length === 0 || codes.every((code) => code !== accepted)) {
    const code = codes[0] ?? rejections.malformed.code;
    const figures = { index: firstRefused, publisher, ...doorFigures(machine, code) };
    throw new ProblemError(rejectionProblem(code, figures));
  }
  for (const each of observations) clock.confirm(each.timeMs);
  return maker.publish({ observations, signature, digest: opened.digest });
}

/**
 * What the machine would say now. A price that is said to come from the future, by who may say a
 * price, is evidence about the clock.
 */
function judged(options: IngressOptions, observations: readonly Observation[]): readonly number[] {
  const { machine, clock } = options;
  return observations.map((each) => {
    const code = admitObservation(machine, each, clock.now());
    if (code !== rejections.observationFuture.code) return code;
    clock.confirm(each.timeMs);
    return admitObservation(machine, each, clock.now());
  });
}

function refuseOverload({ maker, queueMax }: IngressOptions): void {
  if (maker.queueLength < queueMax) return;
  const figures = { waiting: maker.queueLength, most: queueMax };
  throw new ProblemError(nodeProblem('overloaded', 'too many commands wait for a block', figures));
}

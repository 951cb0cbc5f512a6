// A client process of the crash test: it outlives the node, and knows what it was told. Started by
// crash.ts.
import type { Hex } from '@plimsoll/api';
import type { Problem, Receipt } from '@plimsoll/api/wire';
import { networkOf } from '@plimsoll/node';
import { Seed } from '@plimsoll/simulator';
import { Authorities } from './authorities.ts';
import { Ledger, type Named } from './ledger.ts';
import { commandJson, Line } from './line.ts';
import { Load } from './load.ts';
import { lookUp } from './lookUp.ts';
import { networkFile } from './market.ts';
import type { ClientPlan, Doubt, FromClient, RefusedCommand, ToClient } from './messages.ts';
import { Resuming } from './resuming.ts';

const ANSWER_MS = 15_000;
const TOGETHER = 8;

class ClientProcess {
  readonly #plan: ClientPlan;
  readonly #ledger: Ledger;
  readonly #load: Load;
  readonly #authorities: Authorities | undefined;
  readonly #resuming: Resuming | undefined;
  readonly #random: Seed;
  #doubts: readonly Named[] = [];

  constructor(plan: ClientPlan) {
    this.#plan = plan;
    this.#ledger = new Ledger(networkOf(networkFile(plan.fillers)));
    this.#load = new Load(plan, this.#ledger);
    if (plan.place === 0) this.#authorities = new Authorities(plan, this.#ledger);
    else this.#resuming = new Resuming(plan.url, this.#ledger);
    this.#random = new Seed(plan.seed + 2_000 + plan.place);
  }

  async take(message: Exclude<ToClient, { kind: 'plan' }>): Promise<FromClient> {
    switch (message.kind) {
      case 'setUp':
        await this.#authorities?.setUp();
        return { kind: 'done' };
      case 'load':
        this.#resuming?.begin();
        await Promise.all([this.#load.begin(), this.#authorities?.begin()]);
        return { kind: 'done' };
      case 'pause': {
        this.#resuming?.pause();
        await Promise.all([this.#load.pause(), this.#authorities?.pause()]);
        const { report, doubts } = this.#ledger.report();
        this.#doubts = doubts;
        return { kind: 'report', report };
      }
      case 'settle': {
        await this.#resuming?.settled();
        const settled = await this.#settle(message.head);
        const { report, doubts } = this.#ledger.report();
        // Of the client that resumes: they are settled like the others.
        this.#doubts = doubts;
        const more = await this.#settle(message.head);
        return { kind: 'settled', report: { ...report, settled: [...settled, ...more] } };
      }
    }
  }

  /** What became of the commands without an answer, before and after they are sent again. */
  async #settle(head: number): Promise<Doubt[]> {
    const doubts = this.#doubts;
    this.#doubts = [];
    const { url } = this.#plan;
    const before = await lookUp(
      url,
      doubts.map(({ digest }) => digest),
      head,
    );
    const answers = await this.#sendAgain(doubts);
    // What was executed now may be ahead of the replica that is asked.
    const heights = [...answers.values()]
      .flat()
      .map((each) => ('height' in each ? each.height : 0));
    const reached = Math.max(head, ...heights);
    const after = await lookUp(
      url,
      doubts.map(({ digest }) => digest),
      reached,
    );
    return doubts.map(({ digest }) => ({
      digest,
      before: before.get(digest) ?? null,
      answers: answers.get(digest) ?? [],
      after: after.get(digest) ?? null,
    }));
  }

  /** In their order; some twice, some never. */
  async #sendAgain(
    doubts: readonly Named[],
  ): Promise<ReadonlyMap<Hex, readonly (Receipt | RefusedCommand)[]>> {
    const answers = new Map<Hex, (Receipt | RefusedCommand)[]>();
    const onAnswer = (digest: Hex, answer: Receipt | Problem): void => {
      this.#authorities?.learn(answer);
      const known = answers.get(digest) ?? [];
      known.push('height' in answer ? answer : { digest, name: answer.name });
      answers.set(digest, known);
    };
    const line = await Line.open({ url: this.#plan.url, onAnswer });
    const again = doubts.filter(
      ({ command }) => isOfAuthority(command) || this.#random.chance(0.9),
    );
    for (let at = 0; at < again.length; at += TOGETHER) {
      const commands = again.slice(at, at + TOGETHER);
      line.submit(commands, this.#random.chance(0.5));
      if (this.#random.chance(0.3)) line.submit(commands, this.#random.chance(0.5));
    }
    const untilMs = performance.now() + ANSWER_MS;
    while (line.unanswered > 0 && line.isOpen && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (line.unanswered > 0) throw new Error(`${line.unanswered} commands sent again: no answer`);
    line.close();
    // Over HTTP too, where the answer must be the same.
    for (const named of again.filter(() => this.#random.chance(0.1))) {
      onAnswer(named.digest, await post(this.#plan.url, named));
    }
    return answers;
  }
}

const isOfAuthority = ({ account }: Named['command']): boolean => account === 0;

async function post(url: string, named: Named): Promise<Receipt | Problem> {
  const answer = await fetch(`${url}/v1/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ commands: [commandJson(named)] }),
  });
  const { receipts } = (await answer.json()) as { readonly receipts: [Receipt | Problem] };
  return receipts[0];
}

const say = (message: FromClient): void => {
  if (process.connected) process.send?.(message);
};

let client: ClientProcess | undefined;
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToClient) => {
  if (message.kind === 'plan') {
    client = new ClientProcess(message.plan);
    say({ kind: 'done' });
    return;
  }
  client?.take(message).then(say, (error: unknown) => {
    say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? '') : String(error) });
  });
});

import { type Problem, ProblemError, type Receipt } from '@plimsoll/api/wire';
import type { CommandOutcome, Metrics } from './metrics.ts';
import type { Ingress } from './parts.ts';

/** The same door, with everything that goes through it counted and timed. */
export function measureIngress(ingress: Ingress, metrics: Metrics): Ingress {
  return {
    async submit(command) {
      const startMs = performance.now();
      try {
        const receipt = await ingress.submit(command);
        countReceipt(metrics, receipt);
        metrics.commandSeconds.observe((performance.now() - startMs) / 1000);
        return receipt;
      } catch (error) {
        if (error instanceof ProblemError) countProblem(metrics, error.problem);
        throw error;
      }
    },
    async publish(prices, signature, source) {
      try {
        const receipt = await ingress.publish(prices, signature, source);
        const refused = receipt.prices.filter((problem) => problem !== null).length;
        metrics.prices.inc({ outcome: 'accepted' }, receipt.prices.length - refused);
        metrics.prices.inc({ outcome: 'refused' }, refused);
        return receipt;
      } catch (error) {
        metrics.prices.inc({ outcome: 'refused' }, prices.length);
        throw error;
      }
    },
  };
}

function countReceipt(metrics: Metrics, receipt: Receipt): void {
  if (receipt.isAccepted) {
    metrics.actions.inc({ outcome: 'accepted' }, receipt.actions.length);
    return;
  }
  if (receipt.refusal !== undefined) metrics.rejections.inc({ code: receipt.refusal.code });
  for (const problem of receipt.actions) {
    metrics.actions.inc({ outcome: problem === null ? 'accepted' : 'refused' });
    if (problem !== null) metrics.rejections.inc({ code: problem.code });
  }
}

/** What was refused at the door is in no block: the block's own count does not have it. */
function countProblem(metrics: Metrics, problem: Problem): void {
  metrics.commands.inc({ outcome: outcomeOf(problem) });
  if (problem.code > 0) metrics.rejections.inc({ code: problem.code });
  if (problem.name === 'signatureInvalid') {
    metrics.badSignatures.inc({ reason: String(problem.figures?.fault ?? 'unknown') });
  }
}

function outcomeOf(problem: Problem): CommandOutcome {
  if (problem.name === 'malformed') return 'malformed';
  return problem.name === 'overloaded' ? 'overloaded' : 'admission';
}

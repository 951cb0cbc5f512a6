import type { CommandAnswer, Problem, Receipt, ServerMessage } from '@plimsoll/api/wire';

/** A problem by its name, with the fault where it is one of a signature. */
export function problemName(problem: Problem): string {
  const { name, figures } = problem;
  return name === 'signatureInvalid' ? `${name} (${String(figures?.fault)})` : name;
}

/** What became of a command that stands in a block. */
export function receiptName({ isAccepted, refusal, actions }: Receipt): string {
  if (isAccepted) return 'receipt';
  const why = refusal ?? actions.find((each) => each !== null);
  return `in a block, refused: ${why === undefined || why === null ? '?' : why.name}`;
}

export function commandAnswerName(answer: CommandAnswer): string {
  return 'receipt' in answer ? receiptName(answer.receipt) : problemName(answer.problem);
}

/** A message of the stream that answers one request, in a word or two. */
export function messageName(message: ServerMessage): string {
  switch (message.type) {
    case 'problem':
      return problemName(message.problem);
    case 'published':
      return pricesName(message.receipt.prices);
    case 'receipts':
      return message.results.map(commandAnswerName).join(', ');
    default:
      return message.type;
  }
}

export function pricesName(prices: readonly (Problem | null)[]): string {
  const refused = prices.find((each) => each !== null);
  return refused === undefined || refused === null ? 'published' : problemName(refused);
}

const STATUS = /HTTP\/1\.1 (\d{3})/g;
const PROBLEM = /urn:plimsoll:problem:(\w+)/g;

/** The answers in what came over a bare connection: `408 tooSlow`; one after the other with `+`. */
export function httpAnswers(text: string): string {
  const statuses = [...text.matchAll(STATUS)].map(([, status]) => status ?? '');
  const problems = [...text.matchAll(PROBLEM)].map(([, name]) => name ?? '');
  if (statuses.length === 1 && problems.length === 1) return `${statuses[0]} ${problems[0]}`;
  return statuses.join(' + ');
}

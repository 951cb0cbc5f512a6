// Cuts TypeScript into tokens, just far enough that no rule matches inside a comment, a string or a
// regular expression. TypeScript 7 has no stable compiler API to ask.

export type TokenKind = 'word' | 'number' | 'punctuation' | 'string' | 'regex' | 'comment';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

/** Tokens in order. The code inside `${…}` of a template is cut like any other code. */
export function tokensOf(text: string): Token[] {
  return new Lexer(text).run();
}

const longPunctuation = [
  '>>>=',
  '...',
  '===',
  '!==',
  '**=',
  '<<=',
  '>>=',
  '>>>',
  '&&=',
  '||=',
  '??=',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '**',
  '<<',
  '>>',
];

// After these words a slash starts a regular expression, after any other word it divides.
const wordsBeforeExpression = new Set(
  'return typeof case in of delete void throw new else do instanceof yield await'.split(' '),
);

function endsOperand(token: Token): boolean {
  if (token.kind === 'word') return !wordsBeforeExpression.has(token.text);
  return token.kind !== 'punctuation' || [')', ']', '}', '++', '--'].includes(token.text);
}

class Lexer {
  readonly text: string;
  readonly tokens: Token[] = [];
  at = 0;
  line = 1;

  constructor(text: string) {
    this.text = text;
  }

  run(): Token[] {
    this.code(false);
    return this.tokens;
  }

  /** Reads code to the end, or to the brace that closes a template's `${`. */
  code(isInTemplate: boolean): void {
    let depth = 0;
    while (this.at < this.text.length) {
      const c = this.text.charAt(this.at);
      if (isInTemplate && c === '}' && depth === 0) return;
      if (c === '{') depth++;
      if (c === '}') depth--;
      this.next(c);
    }
  }

  next(c: string): void {
    if (c === '\n') {
      this.line++;
      this.at++;
    } else if (/\s/.test(c)) this.at++;
    else if (this.text.startsWith('//', this.at)) this.take('comment', this.lineEnd());
    else if (this.text.startsWith('/*', this.at)) this.take('comment', this.after('*/', 2));
    else if (this.at === 0 && this.text.startsWith('#!')) this.take('comment', this.lineEnd());
    else if (c === "'" || c === '"') this.take('string', this.quoteEnd(c));
    else if (c === '`') this.template();
    else if (/[A-Za-z_$]/.test(c)) this.match('word', /[\w$]+/y);
    else if (/\d/.test(c) || (c === '.' && /\d/.test(this.text.charAt(this.at + 1)))) {
      this.match('number', /0[xXbBoO][\da-fA-F_]+n?|[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?n?/y);
    } else if (c === '/' && this.isRegexHere()) {
      this.match('regex', /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y);
    } else {
      const long = longPunctuation.find((p) => this.text.startsWith(p, this.at)) ?? c;
      this.take('punctuation', this.at + long.length);
    }
  }

  template(): void {
    const start = this.at;
    const startLine = this.line;
    this.at++;
    while (this.at < this.text.length && this.text.charAt(this.at) !== '`') {
      if (this.text.charAt(this.at) === '\\') this.at += 2;
      else if (this.text.startsWith('${', this.at)) {
        this.at += 2;
        this.code(true);
        this.at++;
      } else {
        if (this.text.charAt(this.at) === '\n') this.line++;
        this.at++;
      }
    }
    this.at++;
    this.tokens.push({ kind: 'string', text: this.text.slice(start, this.at), line: startLine });
  }

  isRegexHere(): boolean {
    const code = this.tokens.filter((token) => token.kind !== 'comment').slice(-2);
    // `value! / 2`: the mark after an operand asserts, it does not negate.
    if (code[1]?.text === '!' && code[0] !== undefined && endsOperand(code[0])) return false;
    const before = code.at(-1);
    return before === undefined || !endsOperand(before);
  }

  take(kind: TokenKind, end: number): void {
    const text = this.text.slice(this.at, end);
    this.tokens.push({ kind, text, line: this.line });
    this.line += text.split('\n').length - 1;
    this.at = end;
  }

  match(kind: TokenKind, pattern: RegExp): void {
    pattern.lastIndex = this.at;
    const length = pattern.exec(this.text)?.[0].length ?? 0;
    this.take(kind, this.at + Math.max(1, length));
  }

  lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  after(closing: string, from: number): number {
    const end = this.text.indexOf(closing, this.at + from);
    return end < 0 ? this.text.length : end + closing.length;
  }

  quoteEnd(quote: string): number {
    let at = this.at + 1;
    while (at < this.text.length && this.text.charAt(at) !== quote) {
      at += this.text.charAt(at) === '\\' ? 2 : 1;
    }
    return at + 1;
  }
}

import { lex } from './lex.js';
import type { Expression, Statement, Token } from './syntax.js';

/** Operators, the weakest first. */
const OPERATORS: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
];

/** Reads a file of Bicep or of its parameters. Throws at what it does not know; a compiler would know more. */
export function parse(source: string, path: string): readonly Statement[] {
  return new Parser(lex(source, path), path).statements();
}

class Parser {
  #at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly path: string,
  ) {}

  statements(): readonly Statement[] {
    const found: Statement[] = [];
    let decorators: Expression[] = [];
    for (this.#lines(); this.#here.kind !== 'end'; this.#lines()) {
      if (this.#taken('@')) {
        decorators.push(this.#postfix());
        continue;
      }
      found.push({ ...this.#statement(), decorators });
      decorators = [];
    }
    return found;
  }

  expression(): Expression {
    const condition = this.#binary(0);
    // A choice may go on in the next line, with its sign in front.
    if (!this.#takenBelow('?')) return condition;
    const yes = this.expression();
    if (!this.#takenBelow(':')) throw this.#unknown();
    return { kind: 'choice', condition, yes, no: this.expression() };
  }

  #statement(): Omit<Statement, 'decorators'> {
    const keyword = this.#name();
    switch (keyword) {
      case 'targetScope':
        this.#expect('=');
        return { keyword, name: keyword, existing: false, value: this.expression() };
      case 'using':
        return { keyword, name: keyword, existing: false, value: this.expression() };
      case 'import':
      case 'type':
        // Types are checked by the compiler, not here.
        this.#skip();
        return { keyword, name: keyword, existing: false };
      case 'param':
      case 'var':
      case 'output': {
        const name = this.#name();
        while (this.#here.text !== '=' && this.#here.kind !== 'line') this.#at += 1;
        return { keyword, name, existing: false, ...(this.#taken('=') ? { value: this.expression() } : {}) };
      }
      case 'resource':
      case 'module': {
        const name = this.#name();
        const refersTo = this.#next().text;
        const existing = this.#here.text === 'existing';
        if (existing) this.#at += 1;
        this.#expect('=');
        return { keyword, name, refersTo, existing, value: this.#conditional() };
      }
      default:
        throw this.#unknown();
    }
  }

  /** `if (…) {…}`, or what stands there without it. */
  #conditional(): Expression {
    if (this.#here.text !== 'if') return this.expression();
    this.#at += 1;
    this.#expect('(');
    const condition = this.expression();
    this.#expect(')');
    return { kind: 'if', condition, body: this.expression() };
  }

  #binary(level: number): Expression {
    const operators = OPERATORS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let sign = this.#here; sign.kind === 'sign' && operators.includes(sign.text); sign = this.#here) {
      this.#at += 1;
      left = { kind: 'binary', operator: sign.text, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    return this.#taken('!') ? { kind: 'not', of: this.#unary() } : this.#postfix();
  }

  #postfix(): Expression {
    let of = this.#primary();
    for (;;) {
      const safe = this.#here.text === '.?' || this.#here.text === '[?';
      if (this.#here.kind !== 'sign') return of;
      // "Not null", for the compiler alone.
      if (this.#taken('!')) continue;
      if (this.#taken('.') || this.#taken('.?')) {
        of = { kind: 'member', of, name: { kind: 'literal', value: this.#name() }, safe };
        // A function of a resource, `listKeys()`: what it gives, only Azure knows.
        if (this.#taken('(')) this.#expect(')');
      } else if (this.#taken('[') || this.#taken('[?')) {
        of = { kind: 'member', of, name: this.expression(), safe };
        this.#expect(']');
      } else return of;
    }
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'string') return this.#text(token);
    if (token.text === '(') {
      const inner = this.expression();
      this.#expect(')');
      return inner;
    }
    if (token.text === '{') return this.#object();
    if (token.text === '[') {
      this.#lines();
      return this.#here.text === 'for' ? this.#loop() : this.#array();
    }
    if (token.kind !== 'name') throw this.#unknown(token);
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (!this.#taken('(')) return { kind: 'name', name: token.text };
    return { kind: 'call', name: token.text, given: this.#list(')') };
  }

  #text({ parts = [] }: Token): Expression {
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'string') return { kind: 'literal', value: only };
    return {
      kind: 'text',
      parts: parts.map((part) =>
        typeof part === 'string' ? part : new Parser(lex(part.source, this.path), this.path).expression(),
      ),
    };
  }

  #object(): Expression {
    const members: (readonly [Expression, Expression])[] = [];
    for (this.#separators(); !this.#taken('}'); this.#separators()) {
      const key = this.#next();
      this.#expect(':');
      members.push([
        key.kind === 'string' ? this.#text(key) : { kind: 'literal', value: key.text },
        this.expression(),
      ]);
    }
    return { kind: 'object', members };
  }

  #array(): Expression {
    return { kind: 'array', items: this.#list(']') };
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    for (this.#separators(); !this.#taken(end); this.#separators()) items.push(this.expression());
    return items;
  }

  /** `for item in list: body`, `for (item, i) in list: if (…) body` */
  #loop(): Expression {
    this.#at += 1;
    const both = this.#taken('(');
    const item = this.#name();
    let index: string | undefined;
    if (both) {
      this.#expect(',');
      index = this.#name();
      this.#expect(')');
    }
    if (this.#name() !== 'in') throw this.#unknown();
    const over = this.expression();
    this.#expect(':');
    const body = this.#conditional();
    this.#lines();
    this.#expect(']');
    return { kind: 'for', item, ...(index === undefined ? {} : { index }), over, body };
  }

  get #here(): Token {
    return this.tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#here;
    this.#at += 1;
    return token;
  }

  #taken(sign: string): boolean {
    const is = this.#here.kind === 'sign' && this.#here.text === sign;
    if (is) this.#at += 1;
    return is;
  }

  /** Takes the sign where it stands here or first in a line below. */
  #takenBelow(sign: string): boolean {
    const at = this.#at;
    this.#lines();
    if (this.#taken(sign)) return true;
    this.#at = at;
    return false;
  }

  #expect(sign: string): void {
    if (!this.#taken(sign)) throw new Error(`${this.path}: ${sign} is missing before "${this.#here.text}".`);
  }

  #name(): string {
    const token = this.#next();
    if (token.kind !== 'name') throw this.#unknown(token);
    return token.text;
  }

  #lines(): void {
    while (this.#here.kind === 'line') this.#at += 1;
  }

  #separators(): void {
    while (this.#here.kind === 'line' || this.#here.text === ',') this.#at += 1;
  }

  /** Passes over a declaration with its brackets. */
  #skip(): void {
    let depth = 0;
    for (; this.#here.kind !== 'end' && (depth > 0 || this.#here.kind !== 'line'); this.#at += 1) {
      if (this.#here.kind === 'sign' && '{[('.includes(this.#here.text[0] ?? '')) depth += 1;
      if (this.#here.kind === 'sign' && '}])'.includes(this.#here.text)) depth -= 1;
    }
  }

  #unknown(token: Token = this.#here): Error {
    return new Error(`${this.path}: "${token.text}" is not expected here.`);
  }
}

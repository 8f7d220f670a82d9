/**
 * The expressions of a workflow, as far as deploy.yml uses them: names with members, texts, `||`, `==`, `!=`
 * (https://docs.github.com/actions/reference/workflows-and-actions/expressions). Throws at everything else.
 */

/** What names stand for. */
export interface Contexts {
  readonly [name: string]: string | Contexts;
}

/** Replaces each `${{ … }}` in a text. */
export function resolve(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluateExpression(expression, contexts),
  );
}

/** The value of one expression, as a text: `true` or `false` where it compares. */
export function evaluateExpression(expression: string, contexts: Contexts): string {
  for (const one of expression.split('||')) {
    const value = compared(one.trim(), contexts);
    if (value !== '' && value !== 'false') return value;
  }
  return compared(expression.split('||').at(-1)?.trim() ?? '', contexts);
}

function compared(expression: string, contexts: Contexts): string {
  const [, left, operator, right] = /^(.+?)\s*(==|!=)\s*(.+)$/.exec(expression) ?? [];
  if (left === undefined || right === undefined) return operand(expression, contexts);
  // Texts are compared without case.
  const same = operand(left, contexts).toLowerCase() === operand(right, contexts).toLowerCase();
  return String(same === (operator === '=='));
}

function operand(expression: string, contexts: Contexts): string {
  const [, text] = /^'((?:[^']|'')*)'$/.exec(expression) ?? [];
  if (text !== undefined) return text.replaceAll("''", "'");
  if (!/^[a-z_][\w-]*(\.[\w-]+)+$/i.test(expression)) {
    throw new Error(`The expression "${expression}" is not known here.`);
  }
  const [root = '', ...path] = expression.split('.');
  let value: string | Contexts | undefined = contexts[root];
  if (value === undefined) throw new Error(`The context ${root} of "${expression}" is not known here.`);
  for (const name of path) {
    if (typeof value !== 'object') throw new Error(`"${expression}": there is nothing below a text.`);
    // What does not exist is an empty text, as on GitHub.
    value = Object.hasOwn(value, name) ? value[name] : '';
    if (value === '') return '';
  }
  if (typeof value !== 'string') throw new Error(`"${expression}" is no text.`);
  return value;
}

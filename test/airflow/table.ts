/** The table that is printed at the end. */

export interface Row {
  readonly airflow: string;
  readonly provider: string;
  readonly name: string;
  readonly outcome: string;
  readonly expected: string;
  readonly seconds: number;
}

/** Markdown, so that it can be read here and pasted there. */
export function table(rows: readonly Row[]): string[] {
  const cells = rows.map(({ airflow, provider, name, outcome, expected, seconds }) => [
    airflow,
    provider,
    name,
    outcome === expected ? outcome : `**${outcome}**, not ${expected}`,
    seconds.toFixed(1),
  ]);
  const all = [['Airflow', 'provider', 'case', 'outcome', 's'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((n) => Math.max(...all.map((row) => row[n]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

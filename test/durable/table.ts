/** The table that is printed at the end. */

export interface Row {
  readonly version: string;
  readonly scenario: string;
  readonly outcome: string;
  readonly verdict: 'passed' | 'failed' | 'known';
  /** What is wrong, or which issue fixes it. */
  readonly remarks: readonly string[];
  readonly seconds: number;
  readonly kills: number;
  /** Episodes that two hosts ran. */
  readonly twice?: number;
  readonly writes: number;
  /** Operations on the storage account, those of an idle host included, but not looks that found nothing. */
  readonly storage?: number;
}

/** Markdown, so that it can be read here and pasted there. */
export function table(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => [
    row.version,
    row.scenario,
    row.verdict,
    [row.outcome, ...row.remarks].join('; '),
    row.seconds.toFixed(0),
    String(row.kills),
    String(row.twice ?? 0),
    String(row.writes),
    String(row.storage ?? 0),
  ]);
  const all = [
    ['extension', 'scenario', '', 'outcome', 's', 'kills', 'twice', 'writes', 'storage'],
    ...cells,
  ];
  const widths = all[0]?.map((_, n) => Math.max(...all.map((row) => row[n]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

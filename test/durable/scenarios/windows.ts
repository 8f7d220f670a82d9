/** Maintenance windows of scenarios, which run in real time. */

/** Long enough for the first enablements, which wait for no window. */
const BEFORE_WINDOW_MS = 8 * 60_000;
const WINDOW_MS = 6 * 3_600_000;

/**
 * Lines of a profile: a window that opens some minutes after this moment, every day.
 *
 * @param more what else of `maintenance` it has, as YAML
 */
export function windowLater(now: Date, ...more: readonly string[]): readonly string[] {
  const opens = now.getTime() + BEFORE_WINDOW_MS;
  const [start, end] = [opens, opens + WINDOW_MS].map((at) => new Date(at).toISOString().slice(11, 16));
  const days = 'days: [mon, tue, wed, thu, fri, sat, sun]';
  const window = `{ ${days}, start: "${start}", end: "${end}", timeZone: UTC }`;
  return [`maintenance: { ${[`windows: [${window}]`, ...more].join(', ')} }`];
}

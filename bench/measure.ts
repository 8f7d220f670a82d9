/** One measured value. Names are stable: people compare them over time. */
export interface Measurement {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

export const measured = (metric: string, value: number, unit: string): Measurement => ({
  metric,
  value: Math.round(value * 100) / 100,
  unit,
});

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

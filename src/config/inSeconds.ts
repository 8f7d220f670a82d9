const SECONDS = { Seconds: 1, Minutes: 60, Hours: 3600, Days: 86_400 } as const;

/** Settings with every duration (`readyMinutes`, `overlapHours`) in seconds (`readySeconds`, `overlapSeconds`). */
export type InSeconds<Settings> = {
  [Key in keyof Settings as Key extends `${infer Name}${keyof typeof SECONDS}`
    ? `${Name}Seconds`
    : Key]: Settings[Key];
};

/** The file names a duration by the unit that suits it, the app counts in seconds: the same settings in its units. */
export function inSeconds<Settings extends object>(settings: Settings): InSeconds<Settings> {
  const counted = Object.entries(settings).map(([key, value]): [string, unknown] => {
    for (const [unit, seconds] of Object.entries(SECONDS)) {
      if (typeof value === 'number' && key.endsWith(unit)) {
        return [`${key.slice(0, -unit.length)}Seconds`, value * seconds];
      }
    }
    return [key, value];
  });
  return Object.fromEntries(counted) as InSeconds<Settings>;
}

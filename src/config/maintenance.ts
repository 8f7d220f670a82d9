import { isTimeZone, type Maintenance, type MaintenanceWindow } from '../domain/configuration/maintenance.js';
import type { Agreed } from './agreed.js';
import { inSeconds } from './inSeconds.js';
import type { Finding } from './problems.js';
import type { ProfileFile } from './schema.js';

/** The file's words in the units that the app counts in, and what is wrong with them. */
export function maintenanceOf(
  file: ProfileFile['maintenance'],
  path: Finding['path'],
): { readonly maintenance: Maintenance; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const { windows: ofWindows, ...others } = file;
  const windows = ofWindows.map(({ start, end, timeZone, ...asWritten }, index) => {
    if (!isTimeZone(timeZone)) {
      findings.push({
        path: [...path, 'windows', index, 'timeZone'],
        message: `${timeZone.slice(0, 60)} is no time zone.`,
        remedy: 'Give an IANA name such as Europe/Berlin or UTC.',
      });
    }
    return {
      ...(asWritten satisfies Agreed<typeof asWritten, Pick<MaintenanceWindow, 'days'>>),
      start: minutesOf(start),
      end: minutesOf(end),
      timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
    };
  });
  const bounds = inSeconds(others);
  return {
    maintenance: {
      windows,
      ...(bounds satisfies Agreed<typeof bounds, Omit<Maintenance, 'windows'>>),
    },
    findings,
  };
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

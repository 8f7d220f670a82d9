import { isTimeZone, type Maintenance } from '../domain/configuration/maintenance.js';
import type { Finding } from './problems.js';
import type { ProfileFile } from './schema.js';

/** The file's words in the units that the app counts in, and what is wrong with them. */
export function maintenanceOf(
  file: ProfileFile['maintenance'],
  path: Finding['path'],
): { readonly maintenance: Maintenance; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const windows = file.windows.map(({ days, start, end, timeZone }, index) => {
    if (!isTimeZone(timeZone)) {
      findings.push({
        path: [...path, 'windows', index, 'timeZone'],
        message: `${timeZone.slice(0, 60)} is no time zone.`,
        remedy: 'Give an IANA name such as Europe/Berlin or UTC.',
      });
    }
    return {
      days,
      start: minutesOf(start),
      end: minutesOf(end),
      timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
    };
  });
  const { drainMinutes } = file;
  return {
    maintenance: { windows, ...(drainMinutes === undefined ? {} : { drainSeconds: drainMinutes * 60 }) },
    findings,
  };
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

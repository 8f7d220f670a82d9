/** NCRONTAB, as the timer trigger reads it (https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer). */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** @typedef {{ least: number, most: number, names?: string[] }} Field */

/**
 * Second, minute, hour, day, month, day of the week: least, most, and names that stand for numbers.
 *
 * @type {Field[]}
 */
const FIELDS = [
  { least: 0, most: 59 },
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 7, names: DAYS },
];

/**
 * Whether a text is a schedule of six fields. Spans of time (`01:00:00`), which Flex Consumption refuses, are none.
 *
 * @param {string} text
 */
export function isNcrontab(text) {
  const fields = text.trim().split(/\s+/);
  return fields.length === FIELDS.length && FIELDS.every((field, i) => isField(fields[i] ?? '', field));
}

/**
 * @param {string} text
 * @param {Field} field
 */
function isField(text, field) {
  return text.split(',').every((part) => {
    const [span = '', step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    if (span === '*') return true;
    const ends = span.split('-').map((end) => numberOf(end, field));
    return (
      ends.length <= 2 &&
      ends.every((end) => end >= field.least && end <= field.most) &&
      Number(ends[0]) <= Number(ends.at(-1))
    );
  });
}

/**
 * NaN, which is in no range, for what is neither a number nor a name.
 *
 * @param {string} text
 * @param {Field} field
 */
function numberOf(text, { least, names = [] }) {
  const name = names.findIndex((one) => text.toLowerCase().startsWith(one));
  if (name !== -1) return name + least;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * Python requirements as a runtime holds them: an array of texts, or one comma-delimited text. Names are compared as
 * PEP 503 normalises them, everything else (pins, extras, markers, order, spelling) stays as it is.
 */
import type { Json } from '../values/json.js';

const NAME = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/;

/** Where a comment begins (https://pip.pypa.io/en/stable/reference/requirements-file-format/#comments). */
const COMMENT = /(?:^|\s)#/;

/** A distribution's name as PEP 503 normalises it: lower case, runs of `-`, `_` and `.` are one dash. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The normalised name of a PEP 508 requirement; `undefined` where the text is none (a comment, an option, a path). */
export function requirementName(requirement: string): string | undefined {
  const match = NAME.exec(requirement);
  if (!match?.[1]) return undefined;
  const rest = requirement.slice(match[0].length).trimStart();
  // What may follow a name: extras, a version specifier (bare or in parentheses), a marker, a direct reference.
  return rest === '' || /^[[(<>=!~;@]/.test(rest) ? normalizeName(match[1]) : undefined;
}

/**
 * The requirements in a text that delimits them by commas or line ends. A comma inside brackets or a marker's quotes,
 * or one that goes on with a version comparison (`pkg>=1,<2`), belongs to the requirement before it; a comment reaches
 * to the end of its line.
 */
export function splitRequirements(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => splitLine(withoutComment(line)));
}

function withoutComment(line: string): string {
  const at = line.search(COMMENT);
  return at === -1 ? line : line.slice(0, at);
}

function withoutDelimiters(text: string): string {
  let kept = text.trimEnd();
  while (kept.endsWith(',')) kept = kept.slice(0, -1).trimEnd();
  return kept;
}

function splitLine(line: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let inMarker = false;
  let start = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (quote) {
      if (char === quote) quote = '';
    } else if (inMarker && (char === '"' || char === "'")) quote = char;
    else if (char === ';') inMarker = true;
    else if (char === '[' || char === '(') depth++;
    else if (char === ']' || char === ')') depth--;
    else if (char === ',' && depth <= 0 && !/^\s*(?:[<>=!~]=?|$)/.test(line.slice(at + 1))) {
      parts.push(line.slice(start, at));
      start = at + 1;
      depth = 0;
      inMarker = false;
    }
  }
  parts.push(line.slice(start));
  return parts.filter((part) => withoutDelimiters(part).trim() !== '');
}

/** The requirements of a runtime, whatever form; `undefined` where the form is unknown. */
export function listRequirements(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return splitRequirements(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value as string[];
  return undefined;
}

/**
 * The requirement of a distribution, as it stands there; the last one where there are several. An entry of an array may
 * hold several, delimited as in a text.
 */
export function findRequirement(value: Json | undefined, name: string): string | undefined {
  const wanted = normalizeName(name);
  return listRequirements(value)
    ?.flatMap(splitRequirements)
    .findLast((entry) => requirementName(entry) === wanted)
    ?.trim();
}

/** The value with a requirement added at its end, in the form it has; an array where there was nothing. */
export function addRequirement(value: Json | undefined, requirement: string): Json {
  if (typeof value === 'string') {
    const kept = withoutDelimiters(value);
    if (kept === '') return requirement;
    // Behind a comment only a line end starts a requirement.
    const lines = /\r?\n|(?:^|\s)#/.exec(kept)?.[0];
    const delimiter = lines === undefined ? ',' : lines === '\r\n' ? lines : '\n';
    return `${kept}${delimiter}${requirement}`;
  }
  return [...(Array.isArray(value) ? value : []), requirement];
}

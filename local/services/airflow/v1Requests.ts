/** How Airflow 2 reads the bodies of requests, and what it says to those that it does not take. */
import type { ServiceResponse } from '../../kernel/types.js';
import type { RestApi } from './views.js';

type Problem = (
  status: number,
  title: string | null,
  detail: string | null,
  section?: string,
) => ServiceResponse;

const RUN_FIELDS = [
  'dag_run_id',
  'logical_date',
  'execution_date',
  'data_interval_start',
  'data_interval_end',
  'conf',
  'note',
];

export function createV1Requests(
  problem: Problem,
): Pick<RestApi, 'json' | 'newRun' | 'paused' | 'newVariable'> {
  const bad = (detail: string) => ({ refused: problem(400, 'Bad Request', detail, 'BadRequest') });
  const wrongType = (value: unknown, type: string, field: string) =>
    bad(`${python(value)} is not of type '${type}' - '${field}'`);

  /** The body as an object, without fields that are not known. */
  const fields = (body: unknown, known: readonly string[]) => {
    if (!isRecord(body)) return bad(`${python(body)} is not of type 'object'`);
    const unknown = Object.keys(body).find((name) => !known.includes(name));
    return unknown === undefined ? { fields: body } : bad(`{'${unknown}': ['Unknown field.']}`);
  };

  return {
    json(body, contentType) {
      if (!contentType?.startsWith('application/json')) {
        const detail = `Invalid Content-type (${contentType ?? ''}), expected JSON data`;
        return { refused: problem(415, 'Unsupported Media Type', detail) };
      }
      try {
        return { value: JSON.parse(body.toString('utf8')) as unknown };
      } catch {
        return bad('Request body is not valid JSON');
      }
    },

    newRun(body) {
      if (isRecord(body) && body['conf'] !== undefined && !isRecord(body['conf'])) {
        return wrongType(body['conf'], 'object', 'conf');
      }
      const read = fields(body, RUN_FIELDS);
      if ('refused' in read) return read;
      const { conf, dag_run_id: id, note, logical_date, execution_date } = read.fields;
      const logicalDate = logical_date === undefined ? execution_date : logical_date;
      if (id !== undefined && id !== null && typeof id !== 'string')
        return wrongType(id, 'string', 'dag_run_id');
      if (logicalDate !== undefined && typeof logicalDate !== 'string') {
        return wrongType(logicalDate, 'string', 'logical_date');
      }
      if (note !== undefined && note !== null && typeof note !== 'string')
        return wrongType(note, 'string', 'note');
      return {
        id: id ?? null,
        conf: isRecord(conf) ? conf : {},
        note: note ?? null,
        logicalDate: logicalDate ?? null,
      };
    },

    paused(body) {
      const read = fields(body, ['is_paused']);
      if ('refused' in read) return read;
      const { is_paused: paused } = read.fields;
      return typeof paused === 'boolean' ? paused : wrongType(paused, 'boolean', 'is_paused');
    },

    newVariable(body) {
      const read = fields(body, ['key', 'value', 'description']);
      if ('refused' in read) return read;
      const { key, value, description } = read.fields;
      if (typeof key !== 'string') return wrongType(key, 'string', 'key');
      if (typeof value !== 'string') return wrongType(value, 'string', 'value');
      return { key, value, description: typeof description === 'string' ? description : null };
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value as Python prints it, for simple values. */
function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Notification,
  type NotificationType,
  notificationId,
} from '../../src/domain/events/notifications.js';
import { NOTIFICATION_SCHEMAS, notificationJsonSchema } from '../../src/notifications/schemas.js';

const types = Object.keys(NOTIFICATION_SCHEMAS) as NotificationType[];

describe('the events that go out', () => {
  it.each(types)('%s has a JSON Schema that the sources give', (type) => {
    const file = join(new URL('../../', import.meta.url).pathname, 'schema', 'events', `${type}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(notificationJsonSchema(type));
  });

  it('keep their id when they are sent again, and differ otherwise', () => {
    const event = (runId: string, runtime: string): Notification => ({
      type: 'Airlock.RotationStraggler.v1',
      subject: 'credentials/reader',
      data: { runId, credential: 'reader', runtime, code: 'checkFailed' },
    });
    expect(notificationId(event('run', 'a'))).toBe(notificationId(event('run', 'a')));
    const ids = [event('run', 'a'), event('run', 'b'), event('other', 'a')].map(notificationId);
    expect(new Set(ids).size).toBe(3);
  });

  it('refuse what is not in their schema', () => {
    const schema = NOTIFICATION_SCHEMAS['Airlock.DebtOutstanding.v1'];
    const good = { runId: 'r', credential: 'c', kind: 'removeKey', what: 'k', since: 's', reason: 'w' };
    expect(schema.safeParse(good).success).toBe(true);
    expect(schema.safeParse({ ...good, secretText: 'x' }).success).toBe(false);
  });
});

/** Each message that a scene sends × each way in which it may come twice. */
import { sideBySide } from '../workers.js';
import { text } from './messages.js';
import { SCENES, type Scene } from './scenes.js';
import { brokenOff, type Played, Stage } from './stage.js';
import { type Message, twice, WAYS } from './ways.js';

export interface DuplicateCell {
  readonly scene: Scene;
  readonly message: Message;
  readonly way: string;
  readonly how: Parameters<typeof twice>[1];
}

/** By scene: what it sends. */
export type Sent = ReadonlyMap<Scene, readonly Message[]>;

/** The cells of all that these scenes send: a new activity, operation or child in one of them has its cells by itself. */
export function cellsOf(sent: Sent): DuplicateCell[] {
  const elsewhere = new Set([...sent].flatMap(([{ kinds }, messages]) => (kinds ? [] : messages.map(text))));
  return [...sent].flatMap(([scene, messages]) =>
    messages
      .filter(
        ({ kind, name }) => !elsewhere.has(text({ kind, name })) || (scene.kinds?.includes(kind) ?? true),
      )
      .flatMap((message) => WAYS[message.kind].map(([way, how]) => ({ scene, message, way, how }))),
  );
}

/** Plays a scene undisturbed: what it sends. Throws where it does not end as it has to. */
export async function observe(scene: Scene): Promise<readonly Message[]> {
  const stage = await Stage.open(scene, { keepHistories: true });
  try {
    const { played, messages } = await stage.messages();
    if (isBad(played)) throw new Error(`${scene.name}, undisturbed: ${wrongIn(played)}`);
    return messages;
  } finally {
    await stage.close();
  }
}

/** Plays cells, those of one scene on the same clouds, `workers` of them side by side. */
export async function playCells(
  cells: readonly DuplicateCell[],
  workers: number,
  told: (cell: DuplicateCell, played: Played) => void,
): Promise<void> {
  for (const scene of SCENES) {
    await sideBySide(
      cells.filter((cell) => cell.scene === scene),
      workers,
      { open: () => Stage.open(scene), close: (stage) => stage.close() },
      async (cell, stage) => {
        const played = await stage.play([twice(cell.message, cell.how)]).catch(brokenOff);
        told(cell, played);
        return isBad(played) ? 'spoilt' : 'kept';
      },
    );
  }
}

export function isBad({ violations, defects }: Played): boolean {
  return violations.length > 0 || defects.length > 0;
}

/** What broke, in one line. */
export function wrongIn({ violations, defects }: Played): string {
  return [...violations.map(({ rule, what }) => `rule ${rule}: ${what}`), ...defects].join('; ');
}
